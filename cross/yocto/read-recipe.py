"""Reads the recipe with bitbake's own parser, as if its classes were empty, and prints its do_install as a shell
script that installs SOURCES into IMAGE. What bitbake cannot read or expand ends this with an error.

    read-recipe.py LAYER CORE SOURCES IMAGE      CORE has classes/*.bbclass
"""

import glob
import os
import sys
import types

# Asked for when bitbake is imported, used when it cooks; the package of bitbake has only what reads.
for name in "hashserv", "hashserv.client":
    sys.modules[name] = types.ModuleType(name)
sys.modules["hashserv"].client = sys.modules["hashserv.client"]

import bb.data
import bb.data_smart
import bb.event
import bb.parse
import bb.siggen
import bb.utils

# What the core layer says of places.
PLACES = {
    "PN": "hotdeskd",
    "CARGO_TARGET_SUBDIR": "TARGET/release",
    "bindir": "/usr/bin",
    "sysconfdir": "/etc",
    "localstatedir": "/var",
    "nonarch_base_libdir": "/lib",
    "systemd_system_unitdir": "/lib/systemd/system",
}
EXPANDED = ["SUMMARY", "LICENSE", "USERADD_PARAM:hotdeskd", "GROUPADD_PARAM:hotdeskd", "SYSTEMD_SERVICE:hotdeskd", "FILES:hotdeskd"]

layer, core, sources, image = sys.argv[1:]
data = bb.data.init()
data.setVar("BBPATH", core)
data.setVar("LAYERDIR", layer)
data = bb.parse.handle(os.path.join(layer, "conf/layer.conf"), data, True)
for name, value in PLACES.items() | {("S", sources), ("B", sources), ("D", image)}:
    data.setVar(name, value)
bb.parse.siggen = bb.siggen.init(data)

data.setVar("__bbclasstype", "recipe")
(path,) = glob.glob(os.path.join(layer, "recipes-*/*/*.bb"))
recipe = bb.parse.handle(path, data)[""]
for name in EXPANDED:
    value = recipe.getVar(name)
    if not value or "${" in value:
        sys.exit(f"{path}: {name} is {value!r}")
for named in recipe.getVar("LIC_FILES_CHKSUM").split():
    file, md5 = named.removeprefix("file://").split(";md5=")
    if bb.utils.md5_file(os.path.join(sources, file)) != md5:
        sys.exit(f"{path}: {file} has another checksum")
print(recipe.getVar("do_install"))
