deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'plank-sd'
	name: 'Plank plank-sd'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'plank-sd'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-plank-sd.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
