deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'reed-boot'
	name: 'Reed reed-boot'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'reed-boot'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-reed-boot.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
