deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'reed-hook'
	name: 'Reed reed-hook'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'reed-hook'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-reed-hook.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
