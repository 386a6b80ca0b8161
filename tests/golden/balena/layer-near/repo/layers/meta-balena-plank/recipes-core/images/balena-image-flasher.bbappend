require balena-image.inc
