/**
 * The steps of the pipeline, as plain functions: nothing in them knows of a cache.
 *
 * @module
 */

/** Places on the globe; all columns have one length. */
export interface Points {
  readonly zip: readonly string[];
  readonly city: readonly string[];
  /** Degrees north. */
  readonly latitude: Float64Array;
  /** Degrees east. */
  readonly longitude: Float64Array;
}

/** For each point its k nearest neighbours, nearest first: row i holds those of point i. */
export interface Neighbours {
  readonly k: number;
  /** Indices of points, n x k. */
  readonly index: Int32Array;
  /** Kilometres, n x k. */
  readonly distance: Float64Array;
}

const EARTH_RADIUS_KM = 6371.0088;

/** Reads `zip_code,latitude,longitude,city,…` lines and keeps n of them, evenly spread. */
export function readPoints(csv: Uint8Array, n: number): Points {
  const lines = new TextDecoder().decode(csv).trimEnd().split("\n").slice(1);
  const rows = Array.from({ length: n }, (_, i) => {
    const line = lines[Math.floor((i * lines.length) / n)] ?? "";
    return line.split(",");
  });
  return {
    zip: rows.map((row) => row[0] ?? ""),
    city: rows.map((row) => `${row[3]}, ${row[4]}`),
    latitude: Float64Array.from(rows, (row) => Number(row[1])),
    longitude: Float64Array.from(rows, (row) => Number(row[2])),
  };
}

/** All great-circle distances in kilometres: an n x n matrix, row by row. */
export function distances(latitude: Float64Array, longitude: Float64Array): Float64Array {
  const n = latitude.length;
  const [x, y, z] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const [phi, lambda] = [radians(latitude[i] ?? 0), radians(longitude[i] ?? 0)];
    x[i] = Math.cos(phi) * Math.cos(lambda);
    y[i] = Math.cos(phi) * Math.sin(lambda);
    z[i] = Math.sin(phi);
  }

  // The angle from the chord between two unit vectors stays exact for points that are close.
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const [xi, yi, zi] = [x[i] as number, y[i] as number, z[i] as number];
    for (let j = 0; j < n; j++) {
      const [dx, dy, dz] = [xi - (x[j] as number), yi - (y[j] as number), zi - (z[j] as number)];
      const halfChord = Math.sqrt(dx * dx + dy * dy + dz * dz) / 2;
      matrix[i * n + j] = 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, halfChord));
    }
  }
  return matrix;
}

/** The k nearest neighbours of each point, read off the distance matrix. */
export function nearest(matrix: Float64Array, n: number, k: number): Neighbours {
  const index = new Int32Array(n * k).fill(-1);
  const distance = new Float64Array(n * k).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const km = matrix[i * n + j] as number;
      if (i === j || km >= (distance[(i + 1) * k - 1] as number)) continue;
      // Insertion into the row's sorted list, which is short.
      let at = (i + 1) * k - 1;
      for (; at > i * k && km < (distance[at - 1] as number); at--) {
        distance[at] = distance[at - 1] as number;
        index[at] = index[at - 1] as number;
      }
      distance[at] = km;
      index[at] = j;
    }
  }
  return { k, index, distance };
}

/** What the matrix tells about the country. */
export interface Summary {
  readonly points: number;
  readonly medianToNearestKm: number;
  readonly mostRemote: { readonly place: string; readonly nearest: string; readonly km: number };
  readonly farthest: { readonly from: string; readonly to: string; readonly km: number };
}

/** The most remote place, the longest way, and the usual distance to the nearest neighbour. */
export function summarize(points: Points, matrix: Float64Array, near: Neighbours): Summary {
  const n = points.zip.length;
  const place = (i: number): string => `${points.city[i]} ${points.zip[i]}`;
  const toNearest = Float64Array.from({ length: n }, (_, i) => near.distance[i * near.k] ?? 0);
  const remote = largest(toNearest);
  const farthest = largest(matrix);
  return {
    points: n,
    medianToNearestKm: toNearest.toSorted()[Math.floor(n / 2)] ?? 0,
    mostRemote: {
      place: place(remote),
      nearest: place(near.index[remote * near.k] ?? 0),
      km: toNearest[remote] ?? 0,
    },
    farthest: {
      from: place(Math.floor(farthest / n)),
      to: place(farthest % n),
      km: matrix[farthest] ?? 0,
    },
  };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function largest(values: Float64Array): number {
  let at = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[at] as number)) at = i;
  }
  return at;
}
