config BOARD_B
	select SOC_M33
