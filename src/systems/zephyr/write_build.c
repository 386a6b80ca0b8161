/* SPDX-License-Identifier: Apache-2.0 */
/* The system zephyr of `build`: its section of support.yml, and the way from targets to a folder. */
#include "systems/zephyr/write.h"

#include "systems/zephyr/bindings.h"
#include "systems/zephyr/lookup.h"

#include "tree/cells.h"

#include <string.h>

/* ---- support.yml ------------------------------------------------------------------------------------------- */

#define ROW(key, type, doc, required, children)                                                                        \
    {                                                                                                                  \
        key, type, doc, required, false, children, NULL, 0, 0                                                          \
    }

static const bw_schema feature = ROW("feature", BW_TYPE_TEXT, "A feature.", false, NULL);
static const bw_schema argument = ROW("argument", BW_TYPE_TEXT, "An argument.", false, NULL);

static const bw_schema soc_rows[] = {
    ROW("name", BW_TYPE_STRING, "Name of the SoC in Zephyr's soc.yml; by itself the same.", false, NULL),
    ROW("symbol", BW_TYPE_STRING,
        "Its Kconfig symbol; by itself `SOC_` and the name in capitals. Of an extension it is that of the CPU cluster, "
        "if the "
        "SoC has clusters.",
        false, NULL),
    BW_SCHEMA_END,
};
static const bw_schema soc_row = ROW("soc", BW_TYPE_MAP, "A SoC that Zephyr has.", false, soc_rows);

static const bw_schema runner_rows[] = {
    ROW("name", BW_TYPE_STRING, "The runner: `openocd`, `jlink` and so on.", true, NULL),
    ROW("args", BW_TYPE_LIST, "What it gets, as `--device=nRF52840_xxAA`.", false, &argument),
    BW_SCHEMA_END,
};
static const bw_schema runner = ROW("runner", BW_TYPE_MAP, "A runner.", false, runner_rows);

static const char *const ways[] = {"translate", "keep", NULL};

static const bw_schema rows[] = {
    ROW("supported", BW_TYPE_LIST,
        "Features that the test runner may count on: uart, gpio, i2c and so on; by itself those of the devices that "
        "are "
        "written.",
        false, &feature),
    ROW("socs", BW_TYPE_NAMED,
        "SoCs of board.yml that Zephyr has. For the others a soc/ folder is written out of the devicetree.", false,
        &soc_row),
    {"devicetree", BW_TYPE_ENUM,
     "Whether a source is made into what Zephyr's bindings and drivers take (`translate`), or is Zephyr's already and "
     "copied with the files beside it that it includes (`keep`); by itself it is kept where its SoC stands in `socs`.",
     false, false, NULL, ways, 0, 0},
    ROW("runners", BW_TYPE_LIST, "What flashes and debugs the board, the first by itself.", false, &runner),
    BW_SCHEMA_END,
};
const bw_schema bw_zephyr_schema = ROW("zephyr", BW_TYPE_MAP, "Zephyr.", false, rows);

/* ---- names ------------------------------------------------------------------------------------------------- */

const char *bw_zephyr_capitals(bw_arena *arena, const char *prefix, const char *text)
{
    char *symbol = bw_arena_printf(arena, "%s%s", prefix, text);

    for (char *p = symbol; *p; p++)
        *p = g_ascii_isalnum(*p) ? g_ascii_toupper(*p) : '_';
    return symbol;
}

/* Letters, digits and '_', small. */
static const char *as_name(bw_arena *arena, const char *text, const char *fallback)
{
    char *name = bw_arena_strdup(arena, text ? text : "");
    char *end = name;

    for (const char *p = name; *p; p++)
        if (g_ascii_isalnum(*p))
            *end++ = g_ascii_tolower(*p);
        else if (end > name && end[-1] != '_')
            *end++ = '_';
    while (end > name && end[-1] == '_')
        end--;
    *end = '\0';
    return *name ? name : fallback;
}

/* A name as a folder's and a file's: of board.yml, but nothing that leaves the folder. */
static bool is_file_name(const char *name)
{
    if (!g_ascii_isalnum(*name))
        return false;
    for (; *name; name++)
        if (!g_ascii_isalnum(*name) && !strchr("._+-", *name))
            return false;
    return true;
}

static const char *name_of_file(bw_arena *arena, const bw_target *target)
{
    char *base = strcmp(target->path, "-") == 0 ? g_strdup("board") : g_path_get_basename(target->path);
    char *dot = strrchr(base, '.');

    if (dot && dot > base)
        *dot = '\0';
    const char *name = as_name(arena, base, "board");
    g_free(base);
    return name;
}

static const char *behind_comma(const char *compatible)
{
    const char *comma = compatible ? strchr(compatible, ',') : NULL;

    return comma ? comma + 1 : compatible;
}

bool bw_zephyr_soc_of_theirs(const bw_zephyr_output_board *board, const char *name, bw_zephyr_their_soc *theirs)
{
    const bw_yaml *row = bw_yaml_get(bw_yaml_get(board->section, "socs"), name);
    const char *their_name = bw_yaml_to_text(bw_yaml_get(row, "name"));
    const char *symbol = bw_yaml_to_text(bw_yaml_get(row, "symbol"));
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;

    if (!row)
        return false;
    theirs->name = their_name ? their_name : name;
    theirs->symbol = symbol ? symbol : bw_zephyr_capitals(arena, "SOC_", theirs->name);
    return true;
}

const char *bw_zephyr_soc_symbol(const bw_zephyr_output_board *board, const bw_zephyr_output *t)
{
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;
    bw_zephyr_their_soc theirs;
    const char *symbol =
        bw_zephyr_soc_of_theirs(board, t->soc, &theirs) ? theirs.symbol : bw_zephyr_capitals(arena, "SOC_", t->soc);

    /* Of an extension a cluster and a variant of the base look alike, so a symbol that is given is the whole one. */
    bool whole = !t->cluster || (board->extends && bw_zephyr_soc_of_theirs(board, t->soc, &theirs));
    return whole ? symbol : bw_zephyr_capitals(arena, bw_arena_printf(arena, "%s_", symbol), t->cluster);
}

/* ---- findings -------------------------------------------------------------------------------------------- */

static bw_finding *find(const bw_system_job *job, bw_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bw_finding *find(const bw_system_job *job, bw_code code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    bw_finding *f =
        bw_findings_add(job->board->tree->unit->findings, code, bw_file_place(job->target->path), "%s", text);
    g_free(text);
    return f;
}

/* ---- identity ---------------------------------------------------------------------------------------------- */

/* What one board.yml says of the board. */
static const bw_yml_board *own_yml(const bw_system_job *job, bw_arena *arena)
{
    const bw_tree *tree = job->board->tree;
    const bw_board_yml *file = bw_board_yml_read(tree->unit->ctx, job->target->board_yml, arena, tree->unit->findings);

    for (uint32_t i = 0; file && i < file->count; i++)
        if (g_strcmp0(file->boards[i].name ? file->boards[i].name : file->boards[i].extend, job->target->board) == 0)
            return &file->boards[i];
    return NULL;
}

/* Whether Zephyr can read the extension as it is: variants that take nothing from others, of targets that the board has
 * by itself. */
static bool is_readable(const bw_yml_board *yml)
{
    for (uint32_t i = 0; i < yml->variant_count; i++)
        if (yml->variants[i].parent_at)
            return false;
    return yml->extend && yml->soc_count == 0 && yml->variant_count;
}

static bool is_alone(const bw_system_job *job)
{
    for (guint i = 0; i < job->all->len; i++) {
        const bw_target *other = job->all->pdata[i];

        if (g_strcmp0(other->board, job->target->board) == 0 &&
            g_strcmp0(other->board_yml, job->target->board_yml) != 0)
            return false;
    }
    return true;
}

/* The variants of an extension by itself, or one board of all that was given. */
static const bw_yml_board *yml_board(const bw_system_job *job, bw_arena *arena)
{
    if (!job->target->board_yml)
        return NULL;
    if (!job->target->family)
        return own_yml(job, arena);
    const bw_yml_board *own = job->target->base_yml && is_alone(job) ? own_yml(job, arena) : NULL;
    return own && is_readable(own) ? own : job->target->family;
}

/* An extension lies beside its base and other extensions: the name of its folder tells them apart. */
static const char *folder_of(const bw_system_job *job, const bw_zephyr_output_board *board)
{
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;
    char *folder = g_path_get_dirname(job->target->base_yml ? job->target->board_yml : job->target->path);
    char *base = g_path_get_basename(folder);
    const char *name = board->name;

    if (board->extends)
        name = is_file_name(base) && strcmp(base, board->name) != 0
                   ? base
                   : bw_arena_printf(arena, "%s_%s", board->name, board->yml->variants[0].name);
    const char *path = bw_arena_printf(arena, "boards/%s/%s", board->vendor, name);
    g_free(base);
    g_free(folder);
    return path;
}

/* The bindings of the Zephyr tree that the user works with; without one write_devices.def has to do. */
static bw_zephyr_bindings *bindings_of(const bw_system_job *job)
{
    const char *base = bw_zephyr_base_of(job->load->lookup);
    char *dir = base ? g_build_filename(base, "dts/bindings", NULL) : NULL;
    const char *const dirs[] = {dir, NULL};
    bool there = dir && g_file_test(dir, G_FILE_TEST_IS_DIR);
    bw_zephyr_bindings *bindings = there ? bw_zephyr_bindings_new(job->board->tree->unit->ctx, dirs, NULL) : NULL;

    g_free(dir);
    return bindings;
}

static bw_zephyr_output_board *board_new(const bw_system_job *job)
{
    bw_zephyr_output_board *board = g_new0(bw_zephyr_output_board, 1);
    const char *model = job->board->model;
    const char *vendor = job->target->vendor;
    const char *compatible = job->board->compatible_count ? job->board->compatible[0] : NULL;

    bw_arena_init(&board->arena);
    board->targets = g_ptr_array_new();
    board->section = job->section;
    board->yml = yml_board(job, &board->arena);
    board->name = job->target->board ? bw_arena_strdup(&board->arena, job->target->board)
                                     : name_of_file(&board->arena, job->target);
    board->extends = board->yml && board->yml->extend && board->yml->variant_count;
    const char *full_name = board->extends ? NULL : job->target->full_name;
    board->full_name = bw_arena_strdup(&board->arena, full_name ? full_name : model ? model : board->name);
    if (!vendor && compatible && strchr(compatible, ','))
        vendor = bw_arena_strndup(&board->arena, compatible, strcspn(compatible, ","));
    board->vendor = vendor && is_file_name(vendor) ? bw_arena_strdup(&board->arena, vendor) : "others";
    board->symbol = bw_zephyr_capitals(&board->arena, "BOARD_", board->name);
    board->folder = folder_of(job, board);
    board->bindings = bindings_of(job);
    return board;
}

/* The second segment is a CPU cluster when no variant of the SoC is called so. */
static const char *cluster_of(const bw_zephyr_output_board *board, bw_arena *arena, const char *soc, const char *rest)
{
    if (!rest || !board->yml)
        return NULL;
    const char *segment = bw_arena_strndup(arena, rest, strcspn(rest, "/"));
    if (board->extends && !strchr(rest, '/')) /* the extension's own variant of a SoC without clusters */
        return NULL;
    for (uint32_t i = 0; i < board->yml->soc_count; i++)
        for (uint32_t j = 0; strcmp(board->yml->socs[i].name, soc) == 0 && j < board->yml->socs[i].variant_count; j++)
            if (!board->yml->socs[i].variants[j].cpucluster &&
                strcmp(board->yml->socs[i].variants[j].name, segment) == 0)
                return NULL;
    return segment;
}

/* Names come from board.yml, whose schema takes any text. */
static bool check_name(const bw_system_job *job, const char *name)
{
    if (is_file_name(name))
        return true;
    find(job, BW_CODE_zephyr_name,
         "\"%s\" cannot be the name of Zephyr's files: letters, digits, '_', '-', '+' and '.'", name);
    return false;
}

/* The variant of an extension that a source is named after, with or without the SoC: "m33/bar" of plank_m33_bar.dts. */
static const char *extension_qualifiers(const bw_system_job *job, const bw_zephyr_output_board *board)
{
    bw_arena *arena = (bw_arena *)(uintptr_t)&board->arena;
    char *stem = g_path_get_basename(job->target->path);
    const char *found = NULL;

    if (strrchr(stem, '.'))
        *strrchr(stem, '.') = '\0';
    for (uint32_t i = 0; i < board->yml->variant_count && !found; i++) {
        const bw_yml_variant *v = &board->yml->variants[i];
        const char *all = bw_arena_printf(arena, "%s/%s", v->qualifier, v->name);
        const char *rest = strchr(all, '/');
        char *with_soc = g_strdelimit(g_strdup_printf("%s/%s", board->name, all), "/", '_');
        char *without_soc = g_strdelimit(g_strdup_printf("%s%s", board->name, rest), "/", '_');

        if (strcmp(stem, with_soc) == 0 || strcmp(stem, without_soc) == 0)
            found = all;
        g_free(without_soc);
        g_free(with_soc);
    }
    g_free(stem);
    return found;
}

static bool name_output(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *o)
{
    bw_arena *arena = &board->arena;
    const char *qualifiers = job->target->board ? strchr(job->target->name, '/') : NULL;
    uint32_t count = job->board->compatible_count;
    bw_zephyr_their_soc theirs;

    if (board->extends && !qualifiers)
        qualifiers = extension_qualifiers(job, board);
    else if (qualifiers)
        qualifiers = bw_arena_strdup(arena, qualifiers + 1);
    else if (board->yml && board->yml->soc_count)
        qualifiers = board->yml->socs[0].name;
    else
        qualifiers = as_name(arena, count ? behind_comma(job->board->compatible[count - 1]) : NULL, "soc");
    if (!qualifiers) {
        find(job, BW_CODE_zephyr_leak,
             "the extension has no variant of this name: Zephyr would take the file for %s's own", board->name);
        return false;
    }
    const char *slash = strchr(qualifiers, '/');
    o->soc = bw_arena_strndup(arena, qualifiers, strcspn(qualifiers, "/"));
    o->cluster = cluster_of(board, arena, o->soc, slash ? slash + 1 : NULL);
    o->qualifiers = bw_arena_printf(
        arena, "%s%s", bw_zephyr_soc_of_theirs(board, o->soc, &theirs) ? theirs.name : o->soc, slash ? slash : "");
    o->name = bw_arena_printf(arena, "%s/%s", board->name, o->qualifiers);
    o->stem = g_strdelimit(bw_arena_strdup(arena, o->name), "/", '_');
    o->symbol = bw_zephyr_capitals(arena, "BOARD_", o->name);
    return check_name(job, o->stem) && check_name(job, o->soc);
}

/* ---- the simulator ------------------------------------------------------------------------------------------ */

/* `simulator:` has the target's own part, by its name with or without a revision, or one for all. */
static const bw_yaml *simulator_of(const bw_system_job *job, const char *name)
{
    const bw_yaml *simulator = bw_yaml_get(job->support, "simulator");
    const bw_yaml *by_file = bw_yaml_get(simulator, job->target->name);
    const bw_yaml *own = by_file ? by_file : bw_yaml_get(simulator, name); /* an extension has no names of targets */

    return bw_yaml_get(own ? own : simulator, "qemu");
}

static void read_simulator(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *o)
{
    const bw_yaml *qemu = simulator_of(job, o->name);
    const bw_yaml *args = bw_yaml_get(qemu, "args");

    o->machine = bw_yaml_to_text(bw_yaml_get(qemu, "machine"));
    o->cpu = bw_yaml_to_text(bw_yaml_get(qemu, "cpu"));
    o->bios = bw_yaml_to_text(bw_yaml_get(qemu, "bios"));
    bw_yaml_to_size(bw_yaml_get(qemu, "memory"), &o->memory);
    bw_yaml_to_int(bw_yaml_get(qemu, "cpus"), &o->qemu_cpus);
    if (!args)
        return;
    const char **list = bw_arena_array(&board->arena, const char *, args->count + 2);
    list[0] = bw_yaml_to_text(args); /* one word, or a list of them */
    for (uint32_t i = 0; args->kind == BW_YAML_LIST && i < args->count; i++)
        list[i] = bw_yaml_to_text(args->items[i]);
    o->args = list;
}

/* ---- what is left to do -------------------------------------------------------------------------------------- */

void bw_zephyr_todo(bw_zephyr_output_board *board, bw_zephyr_output *o, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_ptr_array_add(o->todo, bw_arena_strdup(&board->arena, text));
    g_free(text);
}

static void judge_soc(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *o)
{
    bw_zephyr_their_soc theirs;

    if (board->extends || bw_zephyr_soc_of_theirs(board, o->soc, &theirs))
        return;
    if (!bw_zephyr_soc_known(o)) {
        bw_finding_cure(
            find(job, BW_CODE_zephyr_no_soc,
                 "%s: no soc/ folder is written for %s: its CPU is none of those that Zephyr has generic code "
                 "for (Cortex-M, 64-bit Cortex-A, RISC-V)",
                 o->name, o->soc),
            "if Zephyr has the SoC, name it in support.yml: zephyr: {socs: {%s: {name: …}}}", o->soc);
        bw_zephyr_todo(board, o, "No code of `soc/` could be written for %s: Zephyr has none for its CPU that fits all",
                       o->soc);
        return;
    }
    bw_zephyr_todo(
        board, o,
        "`soc/%s/%s/` is Zephyr's generic code for the CPU. Clocks, pins, power and errata of the SoC are not "
        "in a devicetree; early code for them goes there",
        board->vendor, o->soc);
    if (!o->tick_rate) {
        find(job, BW_CODE_zephyr_no_tick, "%s: the rate of the system timer is not known", o->name);
        bw_zephyr_todo(board, o,
                       "The devicetree does not say how fast the system timer counts: `SYS_CLOCK_HW_CYCLES_PER_SEC` in "
                       "`soc/%s/%s/Kconfig.defconfig` is a guess",
                       board->vendor, o->soc);
    }
}

static void judge(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *o)
{
    judge_soc(job, board, o);
    if (!o->has_console) {
        find(job, BW_CODE_zephyr_no_console, "%s: /chosen names no console", o->name);
        bw_zephyr_todo(board, o, "There is no console: `/chosen` names none with `zephyr,console` or `stdout-path`");
    }
    if (o->left_out->len) {
        const char *first = o->left_out->pdata[0];
        bool one = o->left_out->len == 1;

        find(job, BW_CODE_zephyr_left_out, "%s: %u device%s left out of Zephyr's devicetree%s%s; README.md %s", o->name,
             o->left_out->len, one ? " is" : "s are", one ? ": " : ", first ", first, one ? "says so" : "lists them");
    }
}

static bool refuse_without_ram(const bw_system_job *job, const bw_zephyr_output *o)
{
    if (o->ram_size)
        return false;
    bw_finding_cure(find(job, BW_CODE_zephyr_no_ram,
                         "%s: Zephyr cannot be linked: no RAM with an address and a size is "
                         "described",
                         o->name),
                    "describe the memory, and name it with zephyr,sram in /chosen");
    return true;
}

/* ---- one target ---------------------------------------------------------------------------------------------- */

static bool is_kept(const bw_system_job *job, const bw_zephyr_output_board *board, const bw_zephyr_output *o)
{
    const char *way = bw_yaml_to_text(bw_yaml_get(job->section, "devicetree"));
    bw_zephyr_their_soc theirs;

    if (job->target->kind != BW_TARGET_SOURCE || strcmp(job->target->path, "-") == 0)
        return false;
    return way ? strcmp(way, "keep") == 0 : bw_zephyr_soc_of_theirs(board, o->soc, &theirs);
}

static bool make_tree(const bw_system_job *job, bw_zephyr_output_board *board, bw_zephyr_output *o)
{
    if (!is_kept(job, board, o))
        return bw_zephyr_translate(job, board, o);
    bw_source *source = bw_source_open(job->board->tree->unit->ctx->sources, job->target->path, NULL);
    bw_zephyr_gather(job->board, &board->arena, o);
    o->kept = true;
    if (job->target->family) {
        o->dts = bw_zephyr_whole_source(job, &board->arena);
        return o->dts != NULL;
    }
    o->dts = source ? bw_arena_strndup(&board->arena, source->text, source->len) : NULL;
    return source != NULL;
}

static bool add_target(const bw_system_job *job, bw_zephyr_output_board *board)
{
    bw_zephyr_output *o = bw_arena_new(&board->arena, bw_zephyr_output);

    o->left_out = g_ptr_array_new();
    o->todo = g_ptr_array_new();
    o->features = g_ptr_array_new();
    o->sources = g_ptr_array_new();
    g_ptr_array_add(board->targets, o);
    if (!name_output(job, board, o))
        return false;
    read_simulator(job, board, o);
    if (!make_tree(job, board, o) || refuse_without_ram(job, o))
        return false;
    bw_zephyr_add_files(job, board, o);
    o->configs = job->target->configs;
    bw_zephyr_note_sources(job, board, o);
    judge(job, board, o);
    return true;
}

static bool check_variants(const bw_system_job *job, const bw_yml_variant *variants, uint32_t count)
{
    bool ok = true;

    for (uint32_t i = 0; i < count; i++)
        ok &= check_name(job, variants[i].name) && check_variants(job, variants[i].variants, variants[i].variant_count);
    return ok;
}

static bool check_names(const bw_system_job *job, const bw_zephyr_output_board *board)
{
    const bw_yaml *runners = bw_yaml_get(board->section, "runners");
    bool ok = check_name(job, board->name);

    for (uint32_t i = 0; runners && i < runners->count; i++)
        ok &= check_name(job, bw_yaml_to_text(bw_yaml_get(runners->items[i], "name")));
    for (uint32_t i = 0; board->yml && i < board->yml->soc_count; i++)
        ok &= check_name(job, board->yml->socs[i].name) &&
              check_variants(job, board->yml->socs[i].variants, board->yml->socs[i].variant_count);
    if (board->yml)
        ok &= check_variants(job, board->yml->variants, board->yml->variant_count);
    return ok;
}

bool bw_zephyr_build(const bw_system_job *job)
{
    if (!*job->state)
        *job->state = board_new(job);
    return check_names(job, *job->state) && add_target(job, *job->state);
}

static void free_board(bw_zephyr_output_board *board)
{
    for (guint i = 0; i < board->targets->len; i++) {
        bw_zephyr_output *o = board->targets->pdata[i];

        g_ptr_array_free(o->left_out, TRUE);
        g_ptr_array_free(o->todo, TRUE);
        g_ptr_array_free(o->features, TRUE);
        g_ptr_array_free(o->sources, TRUE);
    }
    g_ptr_array_free(board->targets, TRUE);
    bw_zephyr_bindings_free(board->bindings);
    bw_arena_free(&board->arena);
    g_free(board);
}

bool bw_zephyr_finish(const bw_system_whole *whole)
{
    bw_zephyr_output_board *board = whole->state;

    if (!board)
        return true;
    if (whole->plan && board->targets->len) {
        bw_zephyr_write_board(whole, board);
        if (!board->extends) /* the base's root has them */
            bw_zephyr_write_socs(whole, board);
        bw_zephyr_write_readme(whole, board);
    }
    free_board(board);
    return true;
}
