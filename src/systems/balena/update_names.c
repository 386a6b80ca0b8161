/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names from the style of `SRC_URI_append_machine` to that of `SRC_URI:append:machine`. Only what is certain: a word at
 * the end of a name is an override when it is a machine or SoC of this repository, or one that all of Yocto has.
 */
#include "systems/balena/names.h"
#include "systems/balena/update.h"
#include "systems/balena/words.h"

static bool is_common_override(const char *word, size_t len)
{
    static const char *const words[] = {
        "class-native",
        "class-target",
        "class-nativesdk",
        "class-cross",
        "class-crosssdk",
        "class-cross-canadian",
        "libc-glibc",
        "libc-musl",
        "libc-baremetal",
        "forcevariable",
        "aarch64",
        "arm",
        "armv4",
        "armv5",
        "armv6",
        "armv7a",
        "armv7ve",
        "armv8a",
        "armeb",
        "x86",
        "x86-64",
        "i586",
        "i686",
        "mips",
        "mips64",
        "powerpc",
        "powerpc64",
        "riscv32",
        "riscv64",
        "mingw32",
        "darwin",
        "linux-gnueabi",
        "poky",
        "mx5",
        "mx6",
        "mx6q",
        "mx6dl",
        "mx6sx",
        "mx6sl",
        "mx6ul",
        "mx6ull",
        "mx7",
        "mx7d",
        "mx7ulp",
        "mx8",
        "mx8m",
        "mx8mm",
        "mx8mn",
        "mx8mp",
        "mx8mq",
        "mx8qm",
        "mx8qxp",
        "mx8x",
        "mx8dxl",
        "mx8ulp",
        "mx93",
        "imx",
        "rpi",
        "tegra",
        "tegra124",
        "tegra186",
        "tegra194",
        "tegra210",
        "tegra234",
        "rockchip",
        "rk3288",
        "rk3308",
        "rk3328",
        "rk3399",
        "rk356x",
        "rk3568",
        "rk3588",
        "sunxi",
        "sun7i",
        "sun8i",
        "sun50i",
        "ti33x",
        "omap-a15",
        "k3",
        "am62xx",
        "intel-x86-common",
        "qemuall",
        "qemux86",
        "qemux86-64",
        "qemuarm",
        "qemuarm64",
        "vf",
        "ccimx8x",
        "ccimx6ul",
    };

    if (len > 3 && (strncmp(word, "pn-", 3) == 0 || strncmp(word, "df-", 3) == 0))
        return true;
    if (len > 5 && (strncmp(word, "task-", 5) == 0 || strncmp(word, "tune-", 5) == 0))
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (strlen(words[i]) == len && strncmp(words[i], word, len) == 0)
            return true;
    return false;
}

static bool is_override(GHashTable *overrides, const char *word, size_t len)
{
    char *copy = g_strndup(word, len);
    const bool known = is_common_override(word, len) || g_hash_table_contains(overrides, copy);

    g_free(copy);
    return known;
}

/* Names that end with a name of something else, after these. */
static size_t named_prefix(const char *name)
{
    static const char *const prefixes[] = {
        "PREFERRED_PROVIDER_", "PREFERRED_VERSION_", "PREFERRED_RPROVIDER_", "BBFILE_PATTERN_",  "BBFILE_PRIORITY_",
        "LAYERSERIES_COMPAT_", "LAYERDEPENDS_",      "LAYERVERSION_",        "LAYERRECOMMENDS_", "LAYERRECOMMENDS_",
        "VIRTUAL-RUNTIME_",    "LICENSE_FLAGS_",     "ASSUME_PROVIDED_",     "BB_HASHBASE_"};

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(name, prefixes[i]))
            return strlen(prefixes[i]);
    return 0;
}

/* '_' outside of ${…} as ':'. */
static void put_joined(GString *out, const char *words)
{
    unsigned open = 0;

    for (; *words; words++) {
        open += *words == '{';
        open -= *words == '}' && open;
        g_string_append_c(out, *words == '_' && !open ? ':' : *words);
    }
}

/* Makes the '_' before each override at the end of a name a ':'. */
static void convert_overrides(GString *name, size_t least, GHashTable *overrides)
{
    size_t end = name->len;

    for (;;) {
        size_t found = 0;
        for (size_t at = least + 1; at < end && !found; at++) /* the longest that is known */
            if (name->str[at] == '_' && at + 1 < end && is_override(overrides, name->str + at + 1, end - at - 1))
                found = at;
        if (!found)
            return;
        name->str[found] = ':';
        end = found;
    }
}

/* Whether a name ends with "_word" of lower case behind a variable of capitals: it may be an override. */
static bool may_have_override(const char *name)
{
    const char *under = strrchr(name, '_');
    const size_t stem = under ? (size_t)(under - name) : 0;
    bool letters = false;

    if (!under || !g_ascii_islower(under[1]) || strpbrk(under, "${}:/.") || named_prefix(name) ||
        g_str_has_prefix(name, "SRCREV_"))
        return false;
    for (size_t i = 0; i < stem; i++) {
        if (g_ascii_islower(name[i]) || name[i] == ':')
            return false;
        letters |= g_ascii_isupper(name[i]) != 0;
    }
    for (const char *p = under + 1; *p; p++)
        if (g_ascii_isupper(*p))
            return false;
    return letters && stem > 2;
}

char *bw_balena_new_name(const char *name, GHashTable *overrides, bool *unsure)
{
    const char *keyword = bw_balena_old_operator(name);
    GString *out = g_string_new_len(name, keyword ? keyword - name : (gssize)strlen(name));
    const size_t package = bw_balena_package_suffix(out->str);
    const size_t type = bw_balena_image_type(out->str);
    size_t least = named_prefix(out->str);

    if (package || type)
        least = package ? package : type;
    convert_overrides(out, least, overrides);
    if (package)
        out->str[package - 1] = ':';
    if (type)
        out->str[type - 1] = ':';
    *unsure = !package && !type && may_have_override(out->str);
    if (keyword) {
        g_string_append_c(out, ':');
        put_joined(out, keyword + 1);
    }
    if (strcmp(out->str, name) == 0) {
        g_string_free(out, TRUE);
        return NULL;
    }
    return g_string_free(out, FALSE);
}

/* ---- the layer ---- */

typedef struct converter {
    bw_balena_updates *update;
    GHashTable *overrides;
    bw_finding *finding; /* of this file */
    uint32_t names;      /* converted in this file */
    bw_place first;
    const char *old_name;
    char *new_name;
} converter;

static void convert_statement(converter *v, const bw_bb_statement *st)
{
    uint32_t begin, end;
    bool unsure;

    if (st->kind != BW_BB_ASSIGN && st->kind != BW_BB_FLAG && st->kind != BW_BB_FUNCTION)
        return;
    char *name = bw_balena_new_name(st->written, v->overrides, &unsure);
    if (unsure)
        bw_findings_add(v->update->repo->unit->findings, BW_CODE_balena_update_unsure, st->name_place,
                        "%s: %s may be a machine's override or a part of the name; it is left as it is", st->written,
                        strrchr(st->written, '_') + 1);
    if (!name)
        return;
    bw_balena_place_bytes(&st->name_place, &begin, &end);
    if (end - begin == strlen(st->written)) {
        bw_balena_edit_add(v->update, st->name_place.source, begin, end, name);
        if (!v->names++) {
            v->first = st->name_place;
            v->old_name = st->written;
            v->new_name = name;
            name = NULL;
        }
    }
    g_free(name);
}

/* ${FILES_${PN}} and ${SRC_URI_machine} in values. */
static void convert_references(converter *v, const bw_bb_statement *st)
{
    uint32_t begin, end;

    if (!st->value || st->kind == BW_BB_OTHER || !strstr(st->value, "${"))
        return;
    bw_balena_place_bytes(&st->value_place, &begin, &end);
    if (st->kind == BW_BB_FUNCTION)
        end = begin + (uint32_t)strlen(st->value);
    const char *text = st->value_place.source ? st->value_place.source->text : NULL;
    for (uint32_t at = begin; text && at + 3 < end; at++) {
        if (text[at] != '$' || text[at + 1] != '{')
            continue;
        uint32_t close = at + 2;
        for (unsigned open = 1; close < end; close++) {
            open += text[close] == '{';
            if (text[close] == '}' && --open == 0)
                break;
        }
        if (close >= end || text[at + 2] == '@' || close - at > 200)
            continue;
        char *name = g_strndup(text + at + 2, close - at - 2);
        bool unsure;
        char *converted = strpbrk(name, st->kind == BW_BB_FUNCTION ? " \t\n#%:-" : " \t\n#%:")
                              ? NULL
                              : bw_balena_new_name(name, v->overrides, &unsure);
        if (converted && (g_ascii_isupper(name[0])))
            bw_balena_edit_add(v->update, st->value_place.source, at + 2, close, converted);
        g_free(converted);
        g_free(name);
    }
}

/* Functions of Python that put names together: for a person to look at. */
static void look_at_python(converter *v, const bw_bb_statement *st)
{
    static const char *const hints[] = {"'FILES_",        "\"FILES_", "'RDEPENDS_", "\"RDEPENDS_", "'RRECOMMENDS_",
                                        "\"RRECOMMENDS_", "_append'", "_append\"",  "_prepend'",   "_remove'"};

    for (size_t i = 0; st->python && st->value && i < G_N_ELEMENTS(hints); i++)
        if (strstr(st->value, hints[i])) {
            bw_findings_add(v->update->repo->unit->findings, BW_CODE_balena_update_unsure, st->name_place,
                            "This Python puts a name of the old style together (%s)", hints[i] + 1);
            return;
        }
}

static void convert_file(bw_balena_updates *update, GHashTable *overrides, const bw_bb_file *file)
{
    converter v = {.update = update, .overrides = overrides};

    for (uint32_t i = 0; i < file->count; i++) {
        convert_statement(&v, &file->statements[i]);
        convert_references(&v, &file->statements[i]);
        look_at_python(&v, &file->statements[i]);
    }
    if (v.names) {
        bw_finding *f = bw_findings_add(update->repo->unit->findings, BW_CODE_balena_update_syntax, v.first,
                                        "%s is in the style of releases before honister%s", v.old_name,
                                        v.names > 1 ? ", and so are other names of this file" : "");
        bw_finding_cure(f, v.names > 1 ? "write %s (%u names in all: --fix)" : "write %s (--fix)", v.new_name, v.names);
    }
    update->names += v.names;
    g_free(v.new_name);
}

/* ---- classes ---- */

static void update_classes(bw_balena_updates *update, const bw_bb_file *file)
{
    for (uint32_t i = 0; i < file->count; i++) {
        const bw_bb_statement *st = &file->statements[i];
        if (st->kind != BW_BB_INHERIT || !strstr(st->value, "kernel-resin"))
            continue;
        GArray *words = bw_balena_words(update->repo->unit, st);
        for (guint w = 0; w < words->len; w++) {
            const bw_balena_word *word = &g_array_index(words, bw_balena_word, w);
            uint32_t begin, end;
            if (strcmp(word->text, "kernel-resin") != 0)
                continue;
            bw_finding *f = bw_findings_add(update->repo->unit->findings, BW_CODE_balena_update_class, word->place,
                                            "kernel-resin is the old name of kernel-balena");
            bw_finding_cure(f, "inherit kernel-balena (--fix)");
            bw_balena_place_bytes(&word->place, &begin, &end);
            bw_balena_edit_add(update, word->place.source, begin, end, "kernel-balena");
        }
        g_array_free(words, TRUE);
    }
}

void bw_balena_update_names(bw_balena_updates *update)
{
    const bw_balena_layer *layer = update->repo->layer;
    GHashTable *overrides = bw_balena_machines(update->repo);

    for (uint32_t i = 0; i < layer->file_count; i++) {
        if (update->to->style == BW_BB_NEW_STYLE)
            convert_file(update, overrides, layer->files[i]);
        update_classes(update, layer->files[i]);
    }
    if (update->to->style == BW_BB_NEW_STYLE && layer->local)
        convert_file(update, overrides, layer->local);
    g_hash_table_destroy(overrides);
}
