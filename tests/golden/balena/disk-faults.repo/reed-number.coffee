deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'reed-number'
	name: 'Reed reed-number'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'reed-number'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-reed-number.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 9
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
