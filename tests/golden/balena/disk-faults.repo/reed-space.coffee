deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'reed-space'
	name: 'Reed reed-space'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'reed-space'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-reed-space.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
