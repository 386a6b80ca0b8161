/* SPDX-License-Identifier: Apache-2.0 */
#include "systems/balena/names.h"

#include <glib.h>
#include <string.h>

static const char *find_operator(const char *name, char sep, const char *behind)
{
    static const char *const words[] = {"append", "prepend", "remove"};

    for (const char *p = strchr(name, sep); p; p = strchr(p + 1, sep))
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
            const size_t len = strlen(words[i]);
            if (p > name && strncmp(p + 1, words[i], len) == 0 && (!p[1 + len] || strchr(behind, p[1 + len])))
                return p;
        }
    return NULL;
}

const char *bw_balena_old_operator(const char *name)
{
    return find_operator(name, '_', "_:");
}

const char *bw_balena_new_operator(const char *name)
{
    return find_operator(name, ':', ":");
}

const char *bw_balena_half_converted(const char *name)
{
    const char *p = find_operator(name, ':', "_");

    return p && strcspn(p, "_") < strlen(p) ? p : NULL;
}

/* Behind one of the prefixes, a name of lower case or ${…}. */
static size_t behind(const char *name, const char *const *prefixes, char sep)
{
    for (; *prefixes; prefixes++) {
        const size_t len = strlen(*prefixes);
        if (strncmp(name, *prefixes, len) == 0 && name[len] == sep &&
            (g_ascii_islower(name[len + 1]) || g_ascii_isdigit(name[len + 1]) || name[len + 1] == '$'))
            return len + 1;
    }
    return 0;
}

static const char *const of_packages[] = {"FILES",
                                          "RDEPENDS",
                                          "RRECOMMENDS",
                                          "RSUGGESTS",
                                          "RPROVIDES",
                                          "RREPLACES",
                                          "RCONFLICTS",
                                          "ALLOW_EMPTY",
                                          "INSANE_SKIP",
                                          "CONFFILES",
                                          "PKG",
                                          "SYSTEMD_SERVICE",
                                          "SYSTEMD_AUTO_ENABLE",
                                          "INITSCRIPT_NAME",
                                          "INITSCRIPT_PARAMS",
                                          "USERADD_PARAM",
                                          "GROUPADD_PARAM",
                                          "GROUPMEMS_PARAM",
                                          "pkg_postinst",
                                          "pkg_preinst",
                                          "pkg_postrm",
                                          "pkg_prerm",
                                          "pkg_postinst_ontarget",
                                          "ALTERNATIVE",
                                          "DEBIAN_NOAUTONAME",
                                          "DEBIANNAME",
                                          "SUMMARY",
                                          "DESCRIPTION",
                                          "LICENSE",
                                          "SECTION",
                                          "PKGE",
                                          "PKGV",
                                          "PKGR",
                                          "SKIP_FILEDEPS",
                                          "PRIVATE_LIBS",
                                          "PACKAGE_ADD_METADATA",
                                          "SYSTEMD_SERVICE_ESCAPED",
                                          NULL};

size_t bw_balena_package_suffix(const char *name)
{
    return behind(name, of_packages, '_');
}

bool bw_balena_of_package(const char *name)
{
    return behind(name, of_packages, '_') || behind(name, of_packages, ':');
}

size_t bw_balena_over_converted(const char *name)
{
    static const char *const named[] = {"PREFERRED_VERSION", "PREFERRED_PROVIDER", "PREFERRED_RPROVIDER",
                                        "BBFILE_PATTERN",    "BBFILE_PRIORITY",    "LAYERSERIES_COMPAT",
                                        "LAYERDEPENDS",      "LAYERVERSION",       NULL};

    return behind(name, named, ':');
}

size_t bw_balena_image_type(const char *name)
{
    static const char *const of_types[] = {"IMAGE_CMD",      "IMAGE_TYPEDEP", "CONVERSION_CMD",
                                           "EXTRA_IMAGECMD", "COMPRESS_CMD",  NULL};

    return behind(name, of_types, '_');
}
