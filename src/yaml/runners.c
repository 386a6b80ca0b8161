/* SPDX-License-Identifier: Apache-2.0 */
#include "yaml/runners.h"

static const char *const when[] = {"first", "last", NULL};

static const bw_schema runner = {"runner", BW_TYPE_STRING, "A runner, or all.", false, false, NULL, NULL, 0, 0};
static const bw_schema pattern = {
    "pattern", BW_TYPE_STRING, "A regular expression of a target.", false, false, NULL, NULL, 0, 0};

#define RULE(groups)                                                                                                   \
    {                                                                                                                  \
        {"run", BW_TYPE_ENUM, "Whether the first or the last image runs it.", true, false, NULL, when, 0, 0},          \
            {"runners", BW_TYPE_LIST, "The runners that it is for.", true, false, &runner, NULL, 0, 0},                \
            {"groups", BW_TYPE_LIST, "Groups of targets.", true, false, &(groups), NULL, 0, 0}, BW_SCHEMA_END,         \
    }

static const bw_schema board_group_rows[] = {
    {"boards", BW_TYPE_LIST, "Targets of the group.", true, false, &pattern, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema board_group = {"group", BW_TYPE_MAP, "A group.", false, true, board_group_rows, NULL, 0, 0};
static const bw_schema board_rule_rows[] = RULE(board_group);
static const bw_schema board_rule = {"rule", BW_TYPE_MAP, "A rule.", false, true, board_rule_rows, NULL, 0, 0};
static const bw_schema board_command = {
    "command", BW_TYPE_LIST, "Rules for one command.", false, false, &board_rule, NULL, 0, 0};

static const bw_schema soc_group_rows[] = {
    {"qualifiers", BW_TYPE_LIST, "Qualifiers of the group.", true, false, &pattern, NULL, 0, 0},
    BW_SCHEMA_END,
};
static const bw_schema soc_group = {"group", BW_TYPE_MAP, "A group.", false, true, soc_group_rows, NULL, 0, 0};
static const bw_schema soc_rule_rows[] = RULE(soc_group);
static const bw_schema soc_rule = {"rule", BW_TYPE_MAP, "A rule.", false, true, soc_rule_rows, NULL, 0, 0};
static const bw_schema soc_command = {
    "command", BW_TYPE_LIST, "Rules for one command.", false, false, &soc_rule, NULL, 0, 0};

const bw_schema bw_runners_of_boards[] = {
    {"priority", BW_TYPE_INT, "Of all files that have rules, those of the highest are used.", false, false, NULL, NULL,
     0, 0},
    {"run_once", BW_TYPE_NAMED, "Rules by command.", false, false, &board_command, NULL, 0, 0},
    BW_SCHEMA_END,
};

const bw_schema bw_runners_of_socs[] = {
    {"priority", BW_TYPE_INT, "Of all files that have rules, those of the highest are used.", false, false, NULL, NULL,
     0, 0},
    {"run_once", BW_TYPE_NAMED, "Rules by command.", false, false, &soc_command, NULL, 0, 0},
    BW_SCHEMA_END,
};
