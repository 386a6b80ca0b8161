deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	version: 1
	slug: 'oak-x'
	aliases: [ 'oak-x' ]
	name: 'Oak oak-x'
	arch: 'amd64'
	state: 'released'

	instructions: commonImg.instructions
	options: [ networkOptions.group ]

	yocto:
		machine: 'oak-x'
		image: 'balena-image-flasher'
		fstype: 'balenaos-img'
		version: 'yocto-kirkstone'
		deployArtifact: 'balena-image-flasher-oak-x.balenaos-img'
		compressed: true

	configuration:
		config:
			partition:
				primary: 1
			path: '/config.json'

	initialization: commonImg.initialization
