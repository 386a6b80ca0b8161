deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	slug: 'text'
	instructions: [ '<%= NOBODY %>', '<% run() %>' ]
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
