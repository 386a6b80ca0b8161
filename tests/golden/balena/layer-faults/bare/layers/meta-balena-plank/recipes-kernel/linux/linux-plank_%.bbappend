inherit kernel-balena
DEPENDS:append = " plank-native"
