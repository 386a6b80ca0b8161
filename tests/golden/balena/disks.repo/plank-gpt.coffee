deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'plank-gpt'
	name: 'Plank plank-gpt'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'plank-gpt'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-plank-gpt.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 4
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
