require balena-imgae.inc
