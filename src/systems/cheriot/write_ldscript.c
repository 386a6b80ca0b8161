/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linker scripts of a firmware image: which piece goes to which memory, in which order, and what must hold of the
 * result. Stock linkers take them, with mmio.ldscript before.
 *
 * The pieces are code and read-only data, read-write data, and what the board adds. They are placed by ascending
 * address, each with a program header of its own; read-write data without a memory of its own follows the code.
 */
#include "systems/cheriot/write_parts.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* MaxChunkSize of the allocator and a header: it keeps its whole arena in one chunk. */
#define ARENA_MAX "0x80000"

typedef struct piece {
    uint64_t start;        /* order */
    bool has_address;      /* else it follows what is before */
    const char *type;      /* of the program header */
    const char *statement; /* what stands between, in the arena */
    uint32_t index;        /* where it was: equal addresses stay in order */
} piece;

static int compare_pieces(gconstpointer x, gconstpointer y)
{
    const piece *a = x, *b = y;

    return a->start != b->start ? (a->start < b->start ? -1 : 1) : (a->index > b->index) - (a->index < b->index);
}

/* -- pieces of the board ------------------------------------------------------------------------------------------- */

/* `@start@` and other members of the fragment in its body, as the build replaces them. */
static char *replace_members(const bw_cheriot_fragment *fragment)
{
    const bw_cheriot_extent *e = &fragment->extent;
    const struct {
        const char *name;
        bool known;
        uint64_t value;
    } members[] = {{"@start@", e->start.known, e->start.value},
                   {"@end@", e->known, e->past},
                   {"@length@", e->known, e->past - e->first}};
    GString *body = g_string_new(fragment->body);

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (members[i].known) {
            char *number = g_strdup_printf("%" PRIu64, members[i].value);
            g_string_replace(body, members[i].name, number, 0);
            g_free(number);
        }
    return g_string_free(body, FALSE);
}

/* A path in a script stands between quotes, which it then cannot hold. */
static char *include_of(const bw_cheriot_board *board, const bw_cheriot_fragment *fragment, bw_arena *arena)
{
    bw_cheriot_word word = {fragment->srcpath, fragment->value};
    const bw_cheriot_board *whole = bw_cheriot_with_whole_paths(board, arena);
    const char *expanded = bw_cheriot_expand(whole, &word, BW_CHERIOT_IN_FRAGMENTS, arena, NULL);
    char *path = *expanded == '$' ? g_strdup(expanded) : g_canonicalize_filename(expanded, whole->directory);
    char *text = strpbrk(path, "\"\n") ? NULL : g_strdup_printf("INCLUDE \"%s\"", path);

    g_free(path);
    return text;
}

static void add_fragment(GArray *pieces, const bw_cheriot_board *board, const bw_cheriot_fragment *fragment,
                         bw_arena *arena)
{
    const char *type = bw_cheriot_is_identifier(fragment->phtype) ? fragment->phtype : "LOAD";
    char *statement = fragment->srcpath ? include_of(board, fragment, arena)
                      : fragment->body  ? replace_members(fragment)
                                        : NULL;

    if (statement && fragment->extent.start.known) {
        piece p = {fragment->extent.start.value, true, type, bw_arena_strdup(arena, statement), pieces->len};

        g_array_append_val(pieces, p);
    }
    g_free(statement);
}

static GArray *pieces_of(const bw_cheriot_board *board, bw_arena *arena)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(piece));
    uint64_t code = board->instruction_memory.known ? board->instruction_memory.first : 0;
    piece rocode = {code, true, "LOAD", "INCLUDE rocode.ldscript", 0};
    piece rwdata = {code + 1, false, "LOAD", "INCLUDE rwdata.ldscript", 1};

    if (board->data_memory.known) {
        rwdata.start = board->data_memory.first;
        rwdata.has_address = true;
    }
    g_array_append_val(pieces, rocode);
    g_array_append_val(pieces, rwdata);
    for (uint32_t i = 0; i < board->fragment_count; i++)
        add_fragment(pieces, board, &board->fragments[i], arena);
    g_array_sort(pieces, compare_pieces);
    return pieces;
}

/* -- firmware.ldscript --------------------------------------------------------------------------------------------- */

static void begin(GString *out, const bw_cheriot_board *board, const char *what)
{
    g_string_append(out, "/* ");
    bw_text_comment(out, board->name);
    g_string_append_printf(out, ": %s. Made by boardwright; change the board, and build again. */\n", what);
}

GString *bw_cheriot_top_text(const bw_cheriot_board *board, bw_arena *arena)
{
    GString *out = g_string_new(NULL);
    GArray *pieces = pieces_of(board, arena);

    begin(out, board, "where the pieces of a firmware image go, lowest address first");
    g_string_append(out, "ENTRY(_start)\n\nPHDRS\n{\n");
    for (guint i = 0; i < pieces->len; i++)
        g_string_append_printf(out, "    load%u PT_%s;\n", i + 1, g_array_index(pieces, piece, i).type);
    g_string_append(out, "}\n\nSECTIONS\n{\n");
    for (guint i = 0; i < pieces->len; i++) {
        const piece *p = &g_array_index(pieces, piece, i);

        /* Sections take the program header of the one before: an empty one sets it for all that follow. */
        g_string_append_printf(out, "    .load%u_begin : { } :load%u\n", i + 1, i + 1);
        if (p->has_address)
            g_string_append_printf(out, "    . = 0x%" PRIx64 ";\n", p->start);
        g_string_append_printf(out, "    %s\n    .load%u_end : ALIGN(4) { }\n\n", p->statement, i + 1);
    }
    g_string_append(out, "    /DISCARD/ : { *(.note.cheriot.compartment-name) }\n}\n");
    g_array_free(pieces, TRUE);
    return out;
}

/* -- rocode.ldscript, rwdata.ldscript -------------------------------------------------------------------------------
 */

/* An output section of what the files matching @p file have of @p sections. */
static void section(GString *out, const char *name, const char *alignment, const char *statements)
{
    g_string_append_printf(out, "%s : %s\n{\n    %s\n}\n", name, alignment, statements);
}

GString *bw_cheriot_rocode_text(const bw_cheriot_board *board)
{
    static const char code[] = ".compartment_sealing_keys .compartment_import_table .text .text.* .rodata .rodata.* "
                               ".srodata .srodata.* .data.rel.ro .data.rel.ro.*";
    static const struct {
        const char *name, *file;
    } own[] = {{".switcher_code", "*switcher*"},
               {".scheduler_code", "*.scheduler.compartment"},
               {".allocator_code", "*allocator.compartment"},
               {".token_library_code", "*token_library.library"}};
    GString *out = g_string_new(NULL);

    begin(out, board, "code and read-only data");
    g_string_append(out, "_start = .;\n");
    section(out, ".loader_code_persistent", "ALIGN(8)", "KEEP(*(.code_persistent .text.start .text.entry))");
    section(out, ".compartment_export_tables", "ALIGN(8)",
            "KEEP(*.scheduler.compartment(.compartment_export_table))\n    . = ALIGN(8);\n"
            "    KEEP(*allocator.compartment(.compartment_export_table))\n    . = ALIGN(8);\n"
            "    KEEP(*.compartment(.compartment_export_table))");
    g_string_append(out, "__compart_pccs = .;\n");
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        char *statements = g_strdup_printf("%s(%s)", own[i].file, code);

        section(out, own[i].name, "ALIGN(8)", statements);
        g_free(statements);
    }
    if (board->revoker == BW_CHERIOT_SOFTWARE) {
        char *statements = g_strdup_printf("*software_revoker.compartment(%s)", code);

        section(out, ".software_revoker_code", "ALIGN(8)", statements);
        g_free(statements);
    }
    char *rest = g_strdup_printf("*(%s)", code);
    section(out, ".compartment_code", "ALIGN(8)", rest);
    g_free(rest);
    g_string_append(out, "__compart_pccs_end = .;\n");
    if (board->instruction_memory.known)
        g_string_append(out, "ASSERT(. <= __memspan__instruction_memory_end, \"the code does not fit into "
                             "instruction_memory\")\n");
    return out;
}

static void add_globals(GString *out, const bw_cheriot_board *board)
{
    static const char data[] = "%s(.data .data.* .sdata .sdata.*)\n    %s(.sbss .sbss.* .bss .bss.* COMMON)";
    static const struct {
        const char *name, *file;
    } own[] = {{".scheduler_globals", "*.scheduler.compartment"},
               {".allocator_globals", "*allocator.compartment"},
               {".software_revoker_globals", "*software_revoker.compartment"},
               {".compartment_globals", "*"}};

    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        if (strstr(own[i].name, "revoker") && board->revoker != BW_CHERIOT_SOFTWARE)
            continue;
        GString *statements = g_string_new(NULL);

        g_string_append_printf(statements, data, own[i].file, own[i].file);
        section(out, own[i].name, "ALIGN(8)", statements->str);
        g_string_free(statements, TRUE);
    }
}

static void add_heap(GString *out, const bw_cheriot_board *board)
{
    g_string_append(out, "\n/* From here on all is the heap's once the loader is done. */\n. = ALIGN(64);\n");
    if (board->heap_start.known)
        g_string_append_printf(out, "__export_mem_heap = 0x%" PRIx64 ";\n", board->heap_start.value);
    else
        g_string_append(out, "__export_mem_heap = .;\n");
    g_string_append(out, "ASSERT(__export_mem_heap >= ., \"static data reaches into the heap\")\n"
                         "ASSERT(__export_mem_heap < __export_mem_heap_end, \"no room is left for a heap\")\n"
                         "ASSERT(SIZEOF(.allocator_code) == 0 ||\n"
                         "       __export_mem_heap_end - __export_mem_heap <= " ARENA_MAX ",\n"
                         "       \"the allocator cannot hold a heap of more than 512 KiB: set heap.start\")\n");
}

GString *bw_cheriot_rwdata_text(const bw_cheriot_board *board)
{
    GString *out = g_string_new(NULL);

    begin(out, board, "stacks, globals, the heap, and what only the loader needs");
    g_string_append(out, ". = ALIGN(8);\n__revoker_scan_start = .;\n__stack_space_start = .;\n");
    section(out, ".trusted_stacks", "ALIGN(8)", "*(.trusted_stack .trusted_stack.*)");
    section(out, ".stacks", "ALIGN(16)", "*(.stack .stack.*)");
    g_string_append(out, "__stack_space_end = .;\n. = ALIGN(64);\n__compart_cgps = .;\n");
    add_globals(out, board);
    g_string_append(out, "__compart_cgps_end = .;\n");
    section(out, ".sealed_objects", "ALIGN(8)", "*(.sealed_objects .sealed_objects.*)");
    g_string_append(out, "__shared_objects_start = .;\n");
    section(out, ".shared_objects", "ALIGN(8)", "*(.shared_objects .shared_objects.*)");
    g_string_append(out, "__shared_objects_end = .;\n");
    section(out, ".cheriot_compartment_initialisers", "ALIGN(8)",
            "KEEP(*(SORT_BY_INIT_PRIORITY(.cheriot_initialiser.*)))");
    add_heap(out, board);
    section(out, ".loader_ephemeral_code", "ALIGN(8)", "KEEP(*(.code_ephemeral))");
    section(out, ".loader_ephemeral_data", "ALIGN(8)", "KEEP(*(.data_ephemeral))");
    section(out, ".library_export_tables", "ALIGN(8)", "KEEP(*(.compartment_export_table))");
    if (bw_cheriot_rw_memory(board)->known)
        g_string_append_printf(out, "ASSERT(. <= __memspan__%s_end, \"what the loader reads does not fit into %s\")\n",
                               bw_cheriot_rw_memory(board)->name, bw_cheriot_rw_memory(board)->name);
    return out;
}
