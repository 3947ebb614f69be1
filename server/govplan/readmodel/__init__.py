"""One release as Python values, for whoever shows it: labels, outline, powers, actors, findings, sources, codebook."""
