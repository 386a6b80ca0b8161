inherit kernel-balena
