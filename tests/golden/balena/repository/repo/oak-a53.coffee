deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	version: 1
	slug: 'oak-a53'
	aliases: [ 'oak-a53' ]
	name: 'Oak oak-a53'
	arch: 'aarch64'
	state: 'released'

	instructions: commonImg.instructions
	options: [ networkOptions.group ]

	yocto:
		machine: 'oak-a53'
		image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-oak-a53.balenaos-img'
		compressed: true

	configuration:
		config:
			partition:
				primary: 1
			path: '/config.json'

	initialization: commonImg.initialization
