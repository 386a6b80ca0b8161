LED_FILE:oak-a53 = "/sys/class/leds/user/brightness"
