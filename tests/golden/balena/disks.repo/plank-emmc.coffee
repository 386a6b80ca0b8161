deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'plank-emmc'
	name: 'Plank plank-emmc'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'plank-emmc'
		image: 'balena-image-flasher'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-flasher-plank-emmc.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
