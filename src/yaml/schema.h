/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a YAML file may hold: tables of keys that check it, and from which its documentation is made.
 *
 * A schema is an array of rows, ended by BW_SCHEMA_END, and stands beside the code that uses the
 * values. First check the whole file with bw_schema_check(), which reports all that is wrong; then
 * take the values with the bw_yaml_to_*() functions, which cannot fail for what the table has checked.
 */
#ifndef BW_YAML_SCHEMA_H
#define BW_YAML_SCHEMA_H

#include "yaml/yaml.h"

typedef enum bw_schema_type {
    BW_TYPE_END,
    BW_TYPE_TEXT,   /**< any scalar, as written */
    BW_TYPE_STRING, /**< a string also for YAML 1.1: 8051, 1.2 and yes need quotes */
    BW_TYPE_BOOL,   /**< true or false, in any word of YAML 1.1 (yes, Off …) without quotes */
    BW_TYPE_INT,    /**< decimal, or hexadecimal with 0x; from min to max */
    BW_TYPE_NUMBER, /**< whole or not, as YAML 1.1 has it, without quotes */
    BW_TYPE_SIZE,   /**< bytes: an integer, alone or with B, KiB, MiB, GiB, TiB; from min to max */
    BW_TYPE_RATE,   /**< Hz: a number with Hz, kHz, MHz or GHz; from min to max */
    BW_TYPE_ENUM,   /**< one of values */
    BW_TYPE_MAP,    /**< keys are the rows of children */
    BW_TYPE_NAMED,  /**< any keys; each value is as the only row of children says, whose key names the keys */
    BW_TYPE_LIST,   /**< each item is as the only row of children says, whose key names the items */
    BW_TYPE_WORDS,  /**< a command's words: text, taken apart as a shell does, or a list with one word an item */
    BW_TYPE_ANY,    /**< not looked at */
} bw_schema_type;

typedef struct bw_schema bw_schema;
struct bw_schema {
    const char *key;
    bw_schema_type type;
    const char *doc; /**< one sentence, with its full stop */
    bool required;
    bool filled; /**< a list or a map that must not be empty */
    const bw_schema *children;
    const char *const *values; /**< NULL-terminated */
    uint64_t min, max;         /**< of numbers; max 0: no bound */
};

/** A row without bounds and words; with the rows below it. */
#define BW_SCHEMA_ROW(key, type, doc, required)                                                                        \
    {                                                                                                                  \
        key, type, doc, required, false, NULL, NULL, 0, 0                                                              \
    }
#define BW_SCHEMA_ROW_OF(key, type, doc, required, children)                                                           \
    {                                                                                                                  \
        key, type, doc, required, false, children, NULL, 0, 0                                                          \
    }

#define BW_SCHEMA_END                                                                                                  \
    {                                                                                                                  \
        NULL, BW_TYPE_END, NULL, false, false, NULL, NULL, 0, 0                                                        \
    }

/**
 * Checks @p value against one row and reports all that is wrong.
 * @return whether it is right; then every required key is there and every value converts.
 */
bool bw_schema_check(const bw_schema *row, const bw_yaml *value, bw_findings *findings);

/** Conversions of scalars. All take NULL, and return false (with the result untouched) when the value
 *  is not of that type. */
bool bw_yaml_to_bool(const bw_yaml *value, bool *result);
bool bw_yaml_to_int(const bw_yaml *value, uint64_t *result);
bool bw_yaml_to_size(const bw_yaml *value, uint64_t *bytes);
bool bw_yaml_to_rate(const bw_yaml *value, uint64_t *hertz);
/** @return the words, NULL at the end; free with g_strfreev(). NULL for what is no WORDS. */
char **bw_yaml_to_words(const bw_yaml *value);
/** @return the text of a scalar, or NULL. */
const char *bw_yaml_to_text(const bw_yaml *value);
/** @return what PyYAML would make of an unquoted scalar that is no string ("a number", "a truth value",
 *          "nothing", "a date"), or NULL if it is a string. */
const char *bw_yaml_not_string(const bw_yaml *value);

/** Appends a Markdown description of the keys below @p rows. */
void bw_schema_document(const bw_schema *rows, GString *markdown);

#endif
