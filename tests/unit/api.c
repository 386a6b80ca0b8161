/* SPDX-License-Identifier: Apache-2.0 */
/* The public library alone: no internal header, no GLib. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <boardwright/boardwright.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const char plank[] = "/dts-v1/;\n"
                            "#include \"soc.dtsi\"\n"
                            "/ {\n"
                            "\tmodel = \"Plank\";\n"
                            "\tuart: serial@1000 { reg = <BASE 0x100>; clocks = <&osc 7>; status = \"disabled\"; };\n"
                            "};\n";
static const char soc[] = "/ { #address-cells = <1>; #size-cells = <1>; compatible = \"acme,plank\", \"acme,soc\";\n"
                          "osc: osc { #clock-cells = <1>; }; };\n";

static boardwright *context(void)
{
    boardwright *bw = boardwright_new();

    boardwright_define(bw, "BASE=0x1000");
    assert_true(boardwright_add_file(bw, "/nowhere/plank.dts", plank, sizeof plank - 1));
    assert_true(boardwright_add_file(bw, "/nowhere/soc.dtsi", soc, sizeof soc - 1));
    return bw;
}

static void files_of_memory_are_read(void **state)
{
    boardwright *bw = context();
    boardwright_board *board = boardwright_read(bw, "/nowhere/plank.dts");
    size_t count, size;
    uint32_t cell;
    uint64_t address, length;
    (void)state;

    assert_true(boardwright_check(board));
    boardwright_findings(board, &count);
    assert_int_equal(count, 0);
    const boardwright_node *uart = boardwright_node_find(board, "/serial@1000");
    assert_non_null(uart);
    assert_ptr_equal(uart, boardwright_node_find(board, "uart"));
    assert_string_equal(boardwright_node_path(board, uart), "/serial@1000");
    assert_ptr_equal(boardwright_node_parent(uart), boardwright_root(board));
    assert_false(boardwright_node_available(board, uart));
    assert_true(boardwright_node_block(board, uart, 0, &address, &length));
    assert_int_equal(address, 0x1000);
    assert_int_equal(length, 0x100);
    assert_false(boardwright_node_block(board, uart, 1, &address, &length));

    const boardwright_property *clocks = boardwright_property_find(uart, "clocks");
    assert_string_equal(boardwright_node_name(boardwright_property_target(board, clocks, 0)), "osc");
    assert_null(boardwright_property_target(board, clocks, 1));
    assert_true(boardwright_property_cell(clocks, 1, &cell));
    assert_int_equal(cell, 7);
    assert_false(boardwright_property_cell(clocks, 2, &cell));
    assert_memory_equal(boardwright_property_bytes(clocks, &size), "\0\0\0\1\0\0\0\7", 8);
    assert_int_equal(size, 8);
    boardwright_place place = boardwright_property_place(board, clocks);
    assert_string_equal(place.file, "/nowhere/plank.dts");
    assert_int_equal(place.line, 5);
    assert_int_equal(place.column, 51);

    const boardwright_property *compatible = boardwright_property_find(boardwright_root(board), "compatible");
    assert_string_equal(boardwright_property_string(compatible, 1), "acme,soc");
    assert_null(boardwright_property_string(compatible, 2));
    assert_string_equal(boardwright_node_place(board, boardwright_node_find(board, "osc")).file, "/nowhere/soc.dtsi");
    boardwright_board_free(board);
    boardwright_free(bw);
}

static void a_path_has_one_meaning(void **state)
{
    boardwright *bw = context();
    (void)state;

    assert_false(boardwright_add_file(bw, "/nowhere/plank.dts", "", 0));
    boardwright_free(bw);
}

static void findings_have_places_and_levels(void **state)
{
    static const char text[] = "/dts-v1/;\n/ { a = <&nowhere>; };\n";
    boardwright *bw = boardwright_new();
    size_t count, size;
    (void)state;

    boardwright_add_file(bw, "a.dts", text, sizeof text - 1);
    boardwright_board *board = boardwright_read(bw, "a.dts");
    const boardwright_finding *f = boardwright_findings(board, &count);
    assert_int_equal(count, 1);
    assert_string_equal(f->code, "phandle-references");
    assert_int_equal(f->level, BOARDWRIGHT_ERROR);
    assert_int_equal(f->place.line, 2);
    assert_int_equal(f->place.column, 10);
    assert_int_equal(f->place.end_column, 18);
    assert_null(boardwright_dtb(board, false, &size));
    assert_false(boardwright_check(board));
    char *text_report = boardwright_report(board, BOARDWRIGHT_TEXT);
    assert_non_null(strstr(text_report, "a.dts:2:10: error: "));
    boardwright_free_text(text_report);
    char *json = boardwright_report(board, BOARDWRIGHT_JSON);
    assert_non_null(strstr(json, "\"code\": \"phandle-references\""));
    boardwright_free_text(json);
    boardwright_board_free(board);
    boardwright_free(bw);

    bw = boardwright_new();
    assert_true(boardwright_set_level(bw, "phandle_references", BOARDWRIGHT_OFF));
    assert_false(boardwright_set_level(bw, "no-such-finding", BOARDWRIGHT_OFF));
    boardwright_free(bw);
}

static void what_cannot_be_read_is_a_finding(void **state)
{
    boardwright *bw = boardwright_new();
    boardwright_board *board = boardwright_read(bw, "/nowhere/at/all.dts");
    size_t count;
    (void)state;

    assert_null(boardwright_root(board));
    assert_null(boardwright_node_find(board, "/"));
    assert_null(boardwright_dts(board));
    assert_string_equal(boardwright_findings(board, &count)->code, "file-unreadable");
    assert_int_equal(count, 1);
    assert_false(boardwright_check(board));
    boardwright_board_free(board);
    boardwright_free(bw);
}

static void a_blob_comes_back_as_it_was(void **state)
{
    boardwright *bw = context();
    boardwright_board *board = boardwright_read(bw, "/nowhere/plank.dts");
    size_t size, again;
    uint32_t cell;
    (void)state;

    const void *bytes = boardwright_dtb(board, true, &size);
    assert_non_null(bytes);
    assert_true(boardwright_add_file(bw, "plank.dtb", bytes, size));
    boardwright_board *blob = boardwright_read(bw, "plank.dtb");
    const boardwright_node *uart = boardwright_node_find(blob, "/serial@1000");
    assert_non_null(uart);
    const boardwright_property *clocks = boardwright_property_find(uart, "clocks");
    assert_string_equal(boardwright_node_name(boardwright_property_target(blob, clocks, 0)), "osc");
    assert_true(boardwright_property_cell(clocks, 0, &cell));
    assert_null(boardwright_property_place(blob, clocks).file);
    assert_non_null(boardwright_node_find(blob, "/__symbols__"));
    assert_memory_equal(boardwright_dtb(blob, false, &again), boardwright_dtb(board, true, &size), size);
    assert_int_equal(again, size);
    char *dts = boardwright_dts(blob);
    assert_non_null(strstr(dts, "model = \"Plank\";"));
    boardwright_free_text(dts);
    boardwright_board_free(blob);
    boardwright_board_free(board);
    boardwright_free(bw);
}

static void *read_many(void *data)
{
    intptr_t good = 0;

    for (int i = 0; i < 50; i++) {
        boardwright_board *board = boardwright_read(data, "/nowhere/plank.dts");
        good += boardwright_check(board) && boardwright_node_find(board, "uart");
        boardwright_board_free(board);
    }
    return (void *)good;
}

static void threads_share_a_context(void **state)
{
    boardwright *bw = context();
    pthread_t threads[4];
    (void)state;

    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_many, bw), 0);
    for (int i = 0; i < 4; i++) {
        void *good;
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_int_equal((intptr_t)good, 50);
    }
    boardwright_free(bw);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(files_of_memory_are_read),        cmocka_unit_test(a_path_has_one_meaning),
    cmocka_unit_test(findings_have_places_and_levels), cmocka_unit_test(what_cannot_be_read_is_a_finding),
    cmocka_unit_test(a_blob_comes_back_as_it_was),     cmocka_unit_test(threads_share_a_context),
};

int main(void)
{
    return cmocka_run_group_tests(tests, NULL, NULL);
}
