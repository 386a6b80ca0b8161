deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

# How the switch of the board is called.
BOOT_SWITCH = 'Set SW1
	to "SD",   and
	not before.'
NOTES = """
	First \"quoted\" line of <%= TYPE_NAME %>,
		indented,
	last: \u00e9 \x41 ${TYPE_SLUG}.
"""
###
nothing = here
###
afterwards = [
	instructions.BOARD_SHUTDOWN, BOOT_SWITCH
        instructions.BOARD_REPOWER
]

module.exports =
	version: 1
	slug: 'plank-a53'
	aliases: [ 'plank' ]
	name: 'Plank & Sons <A53>'
	arch: 'aarch64'
	state: 'new'
	private: no

	stateInstructions:
		postProvisioning: afterwards

	imageDownloadAlerts: [{
		type: 'warning',
		message: 'See <%- TYPE_NAME %>'
	}]

	instructions: [
		instructions.ETCHER_SD
		NOTES
		'<%- TYPE_NAME %>: <%= GETTING_STARTED_LINK %>'
	].concat(afterwards, [ '' ])

	gettingStartedLink: 'https://example.com/plank'
	supportsBlink: true
	options: [ networkOptions.group ]

	yocto:
		machine: 'plank-a53', image: 'balena-image'
		fstype: 'balenaos-img'
		version: 'yocto-scarthgap'
		deployArtifact: 'balena-image-plank-a53.balenaos-img'
		compressed: true

	configuration:
		config:
			partition:
				primary: 1
			path: '/config.json'
		operations: [
			command: 'copy'
			to:
				path: '/a'
		,
			command: 'copy'
			when: { cores: 2, fast: true }
		]

	initialization: commonImg.initialization
