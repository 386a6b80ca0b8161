#ifndef PLANK_H
#define PLANK_H

#define IRQ_HIGH 4
#define ACTIVE_LOW 1
#define PIN(bank, line) ((bank)*16 + (line))

#endif
