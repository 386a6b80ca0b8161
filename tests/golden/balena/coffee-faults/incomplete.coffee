deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	slug: 'bare'
	instructions: [ '<%= NOBODY %>', '<% run() %>' ]
	yocto:
		machine: 'plank'
