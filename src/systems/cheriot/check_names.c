/* SPDX-License-Identifier: Apache-2.0 */
/* Names of devices and interrupts as C, the linker script and macros see them; defines of the board beside those of the
 * build. (C28 to C30, C48) */
#include "systems/cheriot/check.h"

#include "base/text.h"

/* Keywords of C23 and C++23, alternative tokens too. Of lists like these is_one_of() is told. */
static const char keywords[] =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t "
    "char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
    "constinit continue decltype default delete do double dynamic_cast else enum explicit export extern "
    "false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr "
    "operator or or_eq private protected public register reinterpret_cast requires restrict return short "
    "signed sizeof static static_assert static_cast struct switch template this thread_local throw true "
    "try typedef typeid typename typeof typeof_unqual union unsigned using virtual void volatile wchar_t "
    "while xor xor_eq ";

/* What compilers define without being asked, and do not begin with "__"; what the build derives; what its headers
 * define. */
static const char macros[] =
    " linux unix i386 riscv DEVICE_EXISTS NDEBUG assert NULL MMIO_CAPABILITY offsetof errno stdin stdout "
    "stderr ";

/* Macros that the build derives, and from what (reference 4.1, 4.2). */
static const struct {
    const char *name, *from;
} derived[] = {
    {"CPU_TIMER_HZ", "timer_hz"},
    {"TICK_RATE_HZ", "tickrate_hz"},
    {"TEMPORAL_SAFETY", "revoker"},
    {"SOFTWARE_REVOKER", "revoker"},
    {"SIMULATION", "simulation"},
    {"CONFIG_MSHWM", "stack_high_water_mark"},
    {"REVOKABLE_MEMORY_START", "revokable_memory_start"},
    {"CHERIOT_INTERRUPT_CONFIGURATION", "interrupts"},
    {"CHERIOT_LOADER_TRUSTED_SPILL_SIZE", "stack_high_water_mark"},
};

/* Whether the list, with a blank before and behind each word, has this one. */
static bool is_one_of(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list; (at = strstr(at, word)); at++)
        if (at[-1] == ' ' && at[len] == ' ')
            return true;
    return false;
}

/* The name with '_' for each character that no identifier has; NULL when that is none either. */
static const char *as_identifier(bw_cheriot_run *run, const char *name)
{
    char *text = bw_arena_strdup(&run->arena, name);

    for (char *c = text; *c; c++)
        if (!g_ascii_isalnum(*c))
            *c = '_';
    return bw_text_is_identifier(text) && !is_one_of(keywords, text) ? text : NULL;
}

static const char *derived_from(const char *name, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(derived); i++)
        if (strlen(derived[i].name) == len && strncmp(derived[i].name, name, len) == 0)
            return derived[i].from;
    return NULL;
}

/* C28. @return whether it is a name for C. */
static bool check_identifier(bw_cheriot_run *run, const char *what, const char *name, bw_place place)
{
    bool identifier = bw_text_is_identifier(name);
    bool keyword = identifier && is_one_of(keywords, name);
    bw_finding *f;

    if (identifier && !keyword)
        return true;
    char *shown = g_utf8_make_valid(name, -1);
    if (keyword)
        f = bw_findings_add(run->findings, BW_CODE_cheriot_name, place,
                            "the %s \"%s\" has a keyword of C or C++ as its name", what, shown);
    else
        f = bw_findings_add(run->findings, BW_CODE_cheriot_name, place, "the name of the %s \"%s\" is no C identifier",
                            what, shown);
    g_free(shown);
    const char *better = identifier ? NULL : as_identifier(run, name);
    if (better)
        bw_finding_cure(f, "call it %s", better);
    return false;
}

/* C29 */
static void check_macro(bw_cheriot_run *run, GHashTable *defines, const char *what, const char *name, bw_place place)
{
    const bw_cheriot_word *define = g_hash_table_lookup(defines, name);
    const char *from = derived_from(name, strlen(name));

    if (define) {
        bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_name_macro, place,
                                        "the %s %s has the name of a macro that the board defines", what, name);
        bw_finding_note(f, bw_cheriot_place(run, define->where), "it is defined here");
    } else if (from || is_one_of(macros, name) || (name[0] == '_' && (name[1] == '_' || g_ascii_isupper(name[1])))) {
        bw_findings_add(run->findings, BW_CODE_cheriot_name_macro, place, "the %s %s has a name that %s", what, name,
                        from                      ? "the build defines as a macro"
                        : is_one_of(macros, name) ? "is a macro's"
                                                  : "compilers keep for themselves");
    } else if (strcmp(what, "interrupt") == 0 && strcmp(name, "InterruptName") == 0) {
        bw_findings_add(run->findings, BW_CODE_cheriot_name_macro, place,
                        "the interrupt InterruptName has the name of the enumeration that it is put into");
    }
}

/* C30 */
static void check_symbols(bw_cheriot_run *run, const bw_cheriot_extent *device)
{
    bw_place place = bw_cheriot_some_place(run, device->place);
    size_t len = strlen(device->name);

    if (strcmp(device->name, "heap") == 0 || strcmp(device->name, "heap_end") == 0) {
        bw_findings_add(run->findings, BW_CODE_cheriot_symbol_clash, place,
                        "a device called %s makes the symbol __export_mem_heap%s, which is the heap's", device->name,
                        len > 4 ? "_end" : "");
        return;
    }
    if (!g_str_has_suffix(device->name, "_end"))
        return;
    const bw_cheriot_extent *other =
        bw_cheriot_device(run->board, bw_arena_strndup(&run->arena, device->name, len - strlen("_end")));
    if (!other)
        return;
    bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_symbol_clash, place,
                                    "the symbol __export_mem_%s is the start of %s and the end of %s", device->name,
                                    device->name, other->name);
    bw_finding_note(f, bw_cheriot_some_place(run, other->place), "%s is here", other->name);
}

/* C48 */
static void check_define(bw_cheriot_run *run, const bw_cheriot_word *word)
{
    size_t len = strcspn(word->text, "=");
    const char *from = derived_from(word->text, len);
    const char *device = g_str_has_prefix(word->text, "DEVICE_EXISTS_") ? word->text + strlen("DEVICE_EXISTS_") : NULL;
    bw_place place = bw_cheriot_place(run, word->where);

    if (from) {
        bw_finding *f = bw_findings_add(run->findings, BW_CODE_cheriot_define_derived, place,
                                        "the build defines %.*s by itself, from %s; the compiler gets both", (int)len,
                                        word->text, from);
        bw_finding_cure(f, "remove it and set %s", from);
    } else if (device) {
        const char *name = bw_arena_strndup(&run->arena, device, len - strlen("DEVICE_EXISTS_"));

        if (bw_cheriot_device(run->board, name))
            bw_findings_add(run->findings, BW_CODE_cheriot_define_derived, place,
                            "the build defines %.*s by itself, for the device", (int)len, word->text);
    }
}

/* The board's defines by name. */
static GHashTable *defines_of(bw_cheriot_run *run)
{
    const bw_cheriot_words *words = &run->board->defines;
    GHashTable *defines = g_hash_table_new(g_str_hash, g_str_equal);

    for (uint32_t i = 0; i < words->count; i++) {
        const char *text = words->items[i].text;

        g_hash_table_insert(defines, bw_arena_strndup(&run->arena, text, strcspn(text, "=")),
                            (gpointer)(uintptr_t)&words->items[i]);
    }
    return defines;
}

void bw_cheriot_check_names(bw_cheriot_run *run)
{
    const bw_cheriot_board *board = run->board;
    GHashTable *defines = defines_of(run);

    for (uint32_t i = 0; i < board->device_count; i++) {
        const bw_cheriot_extent *device = &board->devices[i];
        bw_place place = bw_cheriot_some_place(run, device->place);

        if (!check_identifier(run, "device", device->name, place))
            continue;
        check_macro(run, defines, "device", device->name, place);
        check_symbols(run, device);
    }
    for (uint32_t i = 0; i < board->interrupt_count; i++) {
        const bw_cheriot_interrupt *interrupt = &board->interrupts[i];
        bw_place place = bw_cheriot_place(run, interrupt->name_value);

        if (interrupt->name && check_identifier(run, "interrupt", interrupt->name, place))
            check_macro(run, defines, "interrupt", interrupt->name, place);
    }
    for (uint32_t i = 0; i < board->defines.count; i++)
        check_define(run, &board->defines.items[i]);
    g_hash_table_unref(defines);
}
