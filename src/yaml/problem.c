/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/problem.h"

#include <string.h>

/* The place of a character, or of the end of the text just after its last word. */
static bw_place place_at(bw_source *source, uint32_t byte)
{
    uint32_t end = byte;

    if (byte >= source->len) {
        while (byte > 0 && g_ascii_isspace(source->text[byte - 1]))
            byte--;
        end = byte;
    } else if (source->text[byte] != '\n' && source->text[byte] != '\r') {
        end = (uint32_t)(g_utf8_next_char(source->text + byte) - source->text);
    }
    return bw_source_place(source, byte, end);
}

static bool is_printable(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) || c == 0x85 || (c >= 0xa0 && c < 0xd800) ||
           (c >= 0xe000 && c < 0xfffe && c != 0xfeff) || c >= 0x10000;
}

/* As nearly all texts are. */
static bool is_plain_ascii(const char *p, const char *end)
{
    while (p < end && ((*p >= 0x20 && *p < 0x7f) || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p == end;
}

bool bw_yaml_readable(bw_source *source, bw_findings *findings)
{
    const char *bad;
    const char *end = source->text + source->len;
    const char *p = source->text;

    if (source->len > BW_YAML_MAX_BYTES) {
        bw_findings_add(findings, BW_CODE_yaml_limit, bw_file_place(source->path),
                        "the file has %u bytes; descriptions of boards up to %u MiB are read", (unsigned)source->len,
                        (unsigned)(BW_YAML_MAX_BYTES >> 20));
        return false;
    }
    if (is_plain_ascii(p, end))
        return true;
    if (source->len >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0)) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_yaml_encoding, bw_file_place(source->path),
                                        "the file is UTF-16, but UTF-8 is read");
        bw_finding_cure(f, "save the file as UTF-8");
        return false;
    }
    bool valid = g_utf8_validate_len(p, source->len, &bad);
    if (source->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
        p += 3;
    for (; p < (valid ? end : bad); p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (!is_printable(c)) {
            uint32_t byte = (uint32_t)(p - source->text);
            bw_findings_add(findings, BW_CODE_yaml_encoding, bw_source_place(source, byte, byte + 1),
                            "the character U+%04X is not allowed in YAML", (unsigned)c);
            return false;
        }
    }
    if (!valid) {
        uint32_t byte = (uint32_t)(bad - source->text);
        bw_finding *f = bw_findings_add(findings, BW_CODE_yaml_encoding, bw_source_place(source, byte, byte + 1),
                                        *bad ? "the byte 0x%02x here is not UTF-8" : "a byte 0x%02x stands in the text",
                                        (unsigned)(unsigned char)*bad);
        bw_finding_cure(f, "save the file as UTF-8");
    }
    return valid;
}

/** libyaml's words, and ours. */
typedef struct phrase {
    const char *context; /**< how libyaml's context begins, or NULL for any */
    const char *problem; /**< how its problem begins */
    const char *text;
    const char *note; /**< about the context's place, or NULL */
    const char *cure; /**< or NULL */
    bool at_context;  /**< the mistake is where the thing begins */
} phrase;

static const phrase phrases[] = {
    {"while scanning a quoted scalar", "found unexpected end of stream", "the quote that opens here is never closed",
     NULL, "close the text with the same quote", true},
    {"while scanning a quoted scalar", "found unexpected document", "the quote that opens here is never closed", NULL,
     "close the text with the same quote", true},
    {NULL, "found unknown escape character", "no such escape exists after a backslash in double quotes", NULL,
     "write \\\\ for a backslash, or use single quotes", false},
    {NULL, "did not find expected hexdecimal number", "this escape needs hexadecimal digits", NULL, NULL, false},
    {NULL, "found invalid Unicode character escape code", "this escape is no Unicode character", NULL, NULL, false},
    {"while parsing a flow sequence", "did not find expected ',' or ']'", "a ',' or the closing ']' is missing here",
     "the list begins here", NULL, false},
    {"while parsing a flow mapping", "did not find expected ',' or '}'", "a ',' or the closing '}' is missing here",
     "the map begins here", NULL, false},
    {"while parsing a block mapping", "did not find expected key",
     "this fits no key: keys of one map begin in the same column", "the map begins here",
     "indent the line as its neighbours are", false},
    {"while parsing a block collection", "did not find expected '-' indicator",
     "this belongs to no item: each item of a list begins with '-' in the same column", "the list begins here",
     "indent the line as its neighbours are", false},
    {NULL, "mapping values are not allowed in this context", "no key can stand before this ':'", NULL,
     "if the ':' belongs to the text, quote it; else check the indentation", false},
    {NULL, "could not find expected ':'", "a ':' is missing after this key", NULL, NULL, true},
    {NULL, "block sequence entries are not allowed", "a list cannot begin here", NULL, "begin it on a line of its own",
     false},
    {NULL, "mapping keys are not allowed", "a key cannot stand here", NULL, NULL, false},
    {"while scanning for the next token", "found character that cannot start any token",
     "no value can begin with this character", NULL, "quote the text", false},
    {NULL, "did not find expected alphabetic or numeric character", "a name belongs after & and *", NULL,
     "quote the text if it shall begin with & or *", false},
    {NULL, "found undefined tag handle", "this tag is not known", NULL, NULL, false},
    {NULL, "did not find expected <document start>", "here the text of the file goes on after its value has ended",
     NULL, "check the indentation", false},
    {NULL, "did not find expected node content", "a value is expected here", NULL, NULL, false},
    {"while scanning a block scalar", "found an indentation indicator equal to 0", "a block cannot be indented by 0",
     NULL, NULL, false},
    {"while scanning a block scalar", "found a tab character where an indentation space is expected",
     "a tab stands where YAML takes spaces only", NULL, "indent with spaces", false},
    {"while scanning a block scalar", "did not find expected comment or line break",
     "after | or > the text begins on the next line", NULL, NULL, false},
};

/* The same error of libyaml for what follows a value on its own line. */
static const phrase after_value = {
    NULL, NULL, "the value has ended before this", NULL, "quote the whole text, or remove what follows the value",
    false};

static bool begins_line(const bw_source *source, uint32_t byte)
{
    while (byte > 0 && (source->text[byte - 1] == ' ' || source->text[byte - 1] == '\t'))
        byte--;
    return byte == 0 || source->text[byte - 1] == '\n';
}

static const phrase *find_phrase(const yaml_parser_t *parser)
{
    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
        const phrase *p = &phrases[i];

        if (g_str_has_prefix(parser->problem, p->problem) &&
            (!p->context || (parser->context && g_str_has_prefix(parser->context, p->context))))
            return p;
    }
    return NULL;
}

/* A tab in the indentation of the line is the reason for whatever libyaml stumbled over.
 * @return its byte, or source->len if there is none. */
static uint32_t tab_before(const bw_source *source, uint32_t byte)
{
    uint32_t start = byte < source->len ? byte : source->len;

    while (start > 0 && source->text[start - 1] != '\n')
        start--;
    while (start < source->len && source->text[start] == ' ')
        start++;
    return start < source->len && source->text[start] == '\t' ? start : source->len;
}

/* Where the quoted text begins that ends just before a byte, if it began on an earlier line: then the quote that closes
 * it is most probably the one that was to open the next text. @return source->len if there is none. */
static uint32_t open_quote_before(const bw_source *source, uint32_t byte)
{
    const char *text = source->text;
    uint32_t line = byte < source->len ? byte : source->len;

    while (line > 0 && text[line - 1] != '\n')
        line--;
    for (uint32_t i = 0; i < line;) {
        uint32_t end = i + (uint32_t)strcspn(text + i, "\n");
        uint32_t value = i + (uint32_t)strspn(text + i, " -");
        uint32_t colon = value + (uint32_t)strcspn(text + value, ":#\n");

        if (text[value] != '"' && text[value] != '\'' && text[colon] == ':')
            value = colon + 1 + (uint32_t)strspn(text + colon + 1, " ");
        char quote = value < end ? text[value] : '\0';
        const char *close = quote == '"' || quote == '\'' ? strchr(text + value + 1, quote) : NULL;
        uint32_t after = close ? (uint32_t)(close - text) : 0;
        /* On the line of the byte, and right before it. */
        if (close && after > end && after >= line && after < byte && after + 1 + strspn(close + 1, " \t") >= byte)
            return value;
        i = close && after > end ? after + (uint32_t)strcspn(text + after, "\n") + 1 : end + 1;
    }
    return source->len;
}

void bw_yaml_report(const yaml_parser_t *parser, const bw_marks *marks, bw_source *source, bw_findings *findings)
{
    if (parser->error == YAML_MEMORY_ERROR)
        g_error("libyaml has no more memory");
    const phrase *p = parser->problem ? find_phrase(parser) : NULL;
    uint32_t problem = bw_marks_byte(marks, parser->problem_mark.index);
    uint32_t context = bw_marks_byte(marks, parser->context_mark.index);
    if (p && p->context && g_str_has_prefix(p->context, "while parsing a block") && !begins_line(source, problem))
        p = &after_value;
    uint32_t quote = p == &after_value ? open_quote_before(source, problem) : source->len;
    if (quote < source->len) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_yaml_syntax, place_at(source, quote),
                                        "the quote that opens here is not closed before the next one");
        bw_finding_note(f, place_at(source, problem), "so the text ends here");
        bw_finding_cure(f, "close the text with the same quote");
        return;
    }
    uint32_t tab = tab_before(source, problem);

    if (tab < source->len && parser->error == YAML_SCANNER_ERROR) {
        bw_finding *f = bw_findings_add(findings, BW_CODE_yaml_syntax, place_at(source, tab),
                                        "a tab stands where YAML takes spaces only");
        bw_finding_cure(f, "indent with spaces");
        return;
    }
    if (!p) {
        bw_findings_add(findings, BW_CODE_yaml_syntax, place_at(source, problem), "%s%s%s",
                        parser->problem ? parser->problem : "this cannot be read", parser->context ? " " : "",
                        parser->context ? parser->context : "");
        return;
    }
    bw_finding *f = bw_findings_add(findings, BW_CODE_yaml_syntax, place_at(source, p->at_context ? context : problem),
                                    "%s", p->text);
    if (p->note)
        bw_finding_note(f, place_at(source, context), "%s", p->note);
    if (p->cure)
        bw_finding_cure(f, "%s", p->cure);
}
