"""Make pages/static/countries.geojson from Natural Earth's 1:10m countries; run once, see pages/static/README.md.

npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
python scripts/base_map.py package/countries-10m.json pages/static/countries.geojson
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pycountry
import shapely
from shapely.geometry import mapping

DECIMALS = 4
"""About 10 m; the source's own grid is 0.0036 by 0.0017 degrees (about 400 by 190 m at the equator)."""

TOLERANCE_DEGREES = 0.003
"""Vertices that move a border by less than the source's own grid are dropped: a third of the file."""

FAR_NORTH_OR_SOUTH_DEGREES, FAR_TOLERANCE_DEGREES = 53, 0.02
"""The fjords and islands of Canada, Greenland, Norway, Russia and Antarctica are a third of the rest."""

PART_OF = {"N. Cyprus": "CYP", "Cyprus U.N. Buffer Zone": "CYP", "Somaliland": "SOM", "Baikonur": "KAZ"}
"""Parts that Natural Earth draws apart and that ISO 3166-1 counts to a country."""

CRIMEA = shapely.box(32.3, 44.2, 36.7, 46.25)
"""Natural Earth 4.1 draws Crimea by de facto control; ISO 3166-2 (UA-43) and UN resolution 68/262: Ukraine."""


def arcs(topology: dict[str, Any]) -> list[list[Any]]:
    """Every arc in degrees, simplified. Neighbours share arcs, so a simplified border stays one border."""
    scale, corner = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = [shapely.LineString(np.cumsum(arc, axis=0) * scale + corner) for arc in topology["arcs"]]
    south, north = shapely.bounds(lines)[:, [1, 3]].T
    far = (south > FAR_NORTH_OR_SOUTH_DEGREES) | (north < -FAR_NORTH_OR_SOUTH_DEGREES)
    simplified = shapely.simplify(lines, np.where(far, FAR_TOLERANCE_DEGREES, TOLERANCE_DEGREES))
    return [list(line.coords) for line in simplified]


def polygons(geometry: dict[str, Any], lines: list[list[Any]]) -> list[shapely.Polygon]:
    """The valid polygons of one TopoJSON geometry."""

    def ring(indices: list[int]) -> list[Any]:
        points: list[Any] = []
        for index in indices:
            line = lines[index] if index >= 0 else lines[~index][::-1]
            points += line[1 if points else 0 :]
        return points

    found = []
    for part in [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]:
        # Islets smaller than the grid have collapsed to fewer than four points.
        outer, *holes = ([r] if len(r) > 3 else [] for r in map(ring, part))
        found += [shapely.difference(flat(r), shapely.union_all([flat(h[0]) for h in holes if h])) for r in outer]
    return _only_polygons(found)


def flat(ring: list[Any]) -> Any:
    """The area within a ring on the sphere, cut at the poles and at 180 degrees, where the source joins both sides."""
    points = np.array(ring)
    x, y = np.unwrap(points[:, 0], period=360), points[:, 1]
    if abs(x[-1] - x[0]) > 180:  # around the pole: Antarctica
        x, y = np.append(x, [x[-1], x[0]]), np.append(y, [-90, -90])
    area = shapely.make_valid(shapely.Polygon(np.column_stack([x, y])))
    worlds = [
        shapely.transform(
            shapely.intersection(area, shapely.box(-180 + turn, -85, 180 + turn, 85)), lambda c, t=turn: c - [t, 0]
        )
        for turn in (-360, 0, 360)
    ]
    return shapely.union_all(worlds)


def _only_polygons(shapes: Any) -> list[shapely.Polygon]:
    """The polygons among parts; the lines and points that collapsed pieces leave are dropped."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    return [part for part in parts if part.geom_type == "Polygon" and part.area > 0]


def main(source: Path, target: Path) -> None:
    """Write one feature for each country, with its ISO alpha-3 code (null where it has none) and its name."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    lines = arcs(topology)
    names = {c.alpha_3: getattr(c, "common_name", None) or c.name for c in pycountry.countries}
    by_key: dict[tuple[str | None, str], list[shapely.Polygon]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        country = pycountry.countries.get(numeric=geometry["id"]) if geometry.get("id") else None
        code = country.alpha_3 if country else PART_OF.get(name)
        for polygon in polygons(geometry, lines):
            owner = "UKR" if code == "RUS" and CRIMEA.contains(polygon) else code
            by_key.setdefault((owner, names[owner] if owner else name), []).append(polygon)
    features = []
    for code, name in sorted(by_key, key=lambda key: (key[0] or "~", key[1])):
        shape = shapely.set_precision(shapely.union_all(by_key[code, name]), 10.0**-DECIMALS)
        geometry = mapping(shapely.MultiPolygon(_only_polygons(shape)))
        features.append({"type": "Feature", "properties": {"iso": code, "name": name}, "geometry": geometry})
    text = json.dumps({"type": "FeatureCollection", "features": features})
    # The grid of set_precision leaves 34.123400000000004.
    rounded = json.loads(text, parse_float=lambda number: round(float(number), DECIMALS))
    target.write_text(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
