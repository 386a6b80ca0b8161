include balena-image.inc
