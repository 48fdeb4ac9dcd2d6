import Webble

enum Material {
  case matte(Vector), metal(Vector, roughness: Float), glass, light(Vector)
}

private struct Sphere {
  var middle: Vector
  var radius: Float
  var material: Material

  init(_ x: Float, _ z: Float, _ radius: Float, _ material: Material) {
    (middle, self.radius, self.material) = (Vector(x, radius, z), radius, material)
  }
}

private let spheres = [
  Sphere(0, 0, 1, .glass),
  Sphere(-2.2, -0.6, 0.9, .metal([0.95, 0.75, 0.45], roughness: 0.08)),
  Sphere(2.1, -0.9, 1.1, .matte([0.75, 0.22, 0.16])),
  Sphere(0.4, -2.6, 1.4, .metal([0.9, 0.9, 0.92], roughness: 0)),
  Sphere(1.2, 1.3, 0.45, .matte([0.15, 0.4, 0.6])),
  Sphere(-1.1, 1.5, 0.4, .metal([0.75, 0.8, 0.9], roughness: 0.35)),
  Sphere(-2.7, 1.1, 0.35, .light([7, 4.4, 2])),
  Sphere(2.6, 0.9, 0.3, .glass),
  Sphere(0.1, 1.9, 0.22, .light([2, 3.6, 6])),
  Sphere(-0.6, 2.5, 0.3, .matte([0.8, 0.7, 0.3])),
]

/// Where a ray meets a surface first, how that lies, and what it is made of.
func hit(_ ray: Ray) -> (place: Vector, normal: Vector, material: Material)? {
  var nearest = Float.infinity
  var found = -1
  for index in spheres.indices {
    let offset = spheres[index].middle - ray.origin
    let along = dot(offset, ray.direction)
    let radius = spheres[index].radius
    let square = along * along - dot(offset, offset) + radius * radius
    if square <= 0 { continue }
    let root = square.squareRoot()
    let distance = along - root > 0.001 ? along - root : along + root
    if distance > 0.001, distance < nearest { (nearest, found) = (distance, index) }
  }
  // The floor: tiles, as far as the eye can see.
  let floor = -ray.origin.y / ray.direction.y
  if floor > 0.001, floor < nearest {
    let place = ray.at(floor)
    let isDark = (Int(place.x.rounded(.down)) + Int(place.z.rounded(.down))) & 1 == 0
    return (place, Vector(0, 1, 0), .matte(isDark ? [0.12, 0.13, 0.16] : [0.62, 0.6, 0.56]))
  }
  if found < 0 { return nil }
  let place = ray.at(nearest)
  return (place, (place - spheres[found].middle) / spheres[found].radius, spheres[found].material)
}
