/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the serial ports of a board with their addresses, and writes its blob: what a program that
 * uses libboardwright looks like.
 *
 *     cc uarts.c $(pkg-config --cflags --libs boardwright) && ./a.out board.dts board.dtb */
#include <boardwright/boardwright.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int is_uart(const boardwright_node *node)
{
    const char *name = boardwright_node_name(node);

    return strncmp(name, "serial@", 7) == 0 || strncmp(name, "uart@", 5) == 0;
}

static void print_uarts(boardwright_board *board, const boardwright_node *node)
{
    uint64_t address, size;

    if (is_uart(node) && boardwright_node_block(board, node, 0, &address, &size)) {
        const boardwright_property *compatible = boardwright_property_find(node, "compatible");
        const char *what = compatible ? boardwright_property_string(compatible, 0) : NULL;

        printf("0x%08" PRIx64 " %5" PRIu64 " bytes  %s (%s)%s\n", address, size, boardwright_node_path(board, node),
               what ? what : "?", boardwright_node_available(board, node) ? "" : ", disabled");
    }
    for (const boardwright_node *c = boardwright_node_first_child(node); c; c = boardwright_node_next(c))
        print_uarts(board, c);
}

static int write_blob(boardwright_board *board, const char *path)
{
    size_t size;
    const void *bytes = boardwright_dtb(board, false, &size);
    FILE *file = bytes ? fopen(path, "wb") : NULL;
    int good;

    if (!file)
        return 0;
    good = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && good;
}

int main(int argc, char **argv)
{
    boardwright *context;
    boardwright_board *board;
    int good;

    if (argc != 3) {
        fprintf(stderr, "usage: uarts BOARD.dts OUT.dtb\n");
        return 2;
    }
    context = boardwright_new();
    board = boardwright_read(context, argv[1]);
    good = boardwright_check(board);
    char *report = boardwright_report(board, BOARDWRIGHT_TEXT);
    fputs(report, stderr);
    boardwright_free_text(report);
    if (boardwright_root(board))
        print_uarts(board, boardwright_root(board));
    good = good && write_blob(board, argv[2]);
    boardwright_board_free(board);
    boardwright_free(context);
    return good ? 0 : 1;
}
