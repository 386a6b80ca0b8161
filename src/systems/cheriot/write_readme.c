/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the folder are, and how a build takes them. */
#include "systems/cheriot/write_parts.h"

#include "base/text.h"

#include <inttypes.h>

static void add_extent(GString *out, const bw_cheriot_extent *extent)
{
    if (!extent->known)
        return;
    g_string_append_printf(out, "| `%s` | 0x%08" PRIx64 " – 0x%08" PRIx64 " | ", extent->name, extent->first,
                           extent->past - 1);
    bw_text_size(out, extent->past - extent->first);
    g_string_append(out, " |\n");
}

static const char *revoker_words(const bw_cheriot_board *board)
{
    switch (board->revoker) {
    case BW_CHERIOT_SOFTWARE:
        return "a software revoker";
    case BW_CHERIOT_HARDWARE:
        return "a hardware revoker";
    case BW_CHERIOT_NO_REVOKER:
        break;
    }
    return "no revoker, so freed memory is not protected";
}

static void add_summary(GString *out, const bw_cheriot_board *board)
{
    g_string_append_printf(out, "%u device%s, %u interrupt%s, %s.\n\n", board->device_count,
                           board->device_count == 1 ? "" : "s", board->interrupt_count,
                           board->interrupt_count == 1 ? "" : "s", revoker_words(board));
    g_string_append(out, "| memory | addresses | size |\n|---|---|---|\n");
    add_extent(out, &board->instruction_memory);
    if (board->data_memory.value)
        add_extent(out, &board->data_memory);
}

static const char files[] =
    "\n## Files\n\n"
    "| file | is |\n"
    "|---|---|\n"
    "| `board.json` | the board after its patches and mixins, each range with start, end and length; xmake takes it "
    "as `--board`, where no folder of drivers is relative to the board's file |\n"
    "| `mmio.ldscript` | addresses of devices and memories as symbols: the first `--script` of the linker |\n"
    "| `board-interrupts.h` | `enum InterruptName`, for C++ and C23 |\n"
    "| `flags/*.txt` | what the board adds to the compiler's command line, for a compartment of the application and "
    "for the SDK's own parts |\n"
    "| `firmware/*.ldscript` | where code and data go |\n"
    "| `include/bw_board.h` | constants for C99, C++ and assembly |\n"
    "| `include/bw_mmio.h` | pointers to devices, by address or by linker symbol |\n"
    "| `include/bw_interrupts.h` | interrupts as an enumeration and as a table |\n"
    "| `include/bw_cheriot.h` | `MMIO_CAPABILITY`, `DEVICE_EXISTS` and other names of the SDK, for compilers that are "
    "not CHERIoT's |\n"
    "| `inputs.sha256` | the files that all this was made of |\n";

static const char use[] =
    "\n## Use\n\n"
    "In a project of CHERIoT RTOS:\n\n"
    "    xmake config --sdk=TOOLCHAIN --board=DIR/board.json && xmake\n\n"
    "With any compiler, each file of flags is a response file; those for CHERIoT's own (`-mcpu`) go to CHERIoT's clang "
    "alone:\n\n"
    "    clang @DIR/flags/compartment.txt …\n"
    "    riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32 -I DIR/include -nostdlib -n \\\n"
    "        -L DIR/firmware -T DIR/mmio.ldscript -T DIR/firmware/firmware.ldscript …\n\n"
    "In `flags/`, `${sdk}` stands where no SDK was given: build again with `--sdk`. Options of a build that are no "
    "board's (debugging, number of threads) have the values that a build has by itself, of a firmware with one "
    "thread.\n"
    "After the board has changed, `sha256sum -c DIR/inputs.sha256` in the folder of the board's file says so; a build "
    "folder of xmake may not notice.\n";

GString *bw_cheriot_readme(const bw_cheriot_board *board)
{
    GString *out = g_string_new("# ");

    bw_text_comment(out, board->name);
    g_string_append(out, " for CHERIoT RTOS\n\nMade by boardwright; change the board, and build again.\n\n");
    add_summary(out, board);
    g_string_append(out, files);
    g_string_append(out, use);
    if (board->run_command) {
        g_string_append(out, "\nAn image is run with `boardwright cheriot run BOARD IMAGE`, which starts `");
        bw_text_comment(out, board->run_command);
        g_string_append(out, "`.\n");
    }
    return out;
}
