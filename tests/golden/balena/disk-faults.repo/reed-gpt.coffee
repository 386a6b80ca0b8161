deviceTypesCommon = require '@resin.io/device-types/common'

module.exports =
	version: 1
	slug: 'reed-gpt'
	name: 'Reed reed-gpt'
	arch: 'aarch64'
	state: 'new'

	yocto:
		machine: 'reed-gpt'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-reed-gpt.balenaos-img'
		compressed: true

	configuration:
		config:
			partition: 1
			path: '/config.json'

	initialization: deviceTypesCommon.commonImg.initialization
