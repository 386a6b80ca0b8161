deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'reed-mkpart'
	name: 'Reed reed-mkpart'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'reed-mkpart'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-reed-mkpart.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
