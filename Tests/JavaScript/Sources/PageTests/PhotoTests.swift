import Fractal
import JavaScript
import PhotoEditing
import WebbleTesting

/// A white square on black, with a side of its own colour, so that each step shows in known pixels.
private func square() -> Photo {
  var photo = Photo(width: 63, height: 48, pixels: Array(repeating: [0, 0, 0, 255], count: 63 * 48))
  for y in 16..<32 { for x in 16..<48 { photo[x, y] = [200, 100, 50, 255] } }
  return photo
}

@MainActor func photo() async {
  let pool = try! ThreadPool(workerCount: 2)
  let canvas = makeCanvas(width: 63, height: 48)
  JSObject.global.document.body.append(canvas)
  let context = canvas.getContext("2d").object!
  func show(_ photo: Photo) {
    let pixels = JSTypedArray(clamped: photo.bytes)
    let data = JSObject.global.ImageData.function!.new(pixels, photo.width, photo.height)
    context.putImageData(data, 0, 0)
  }
  func pixel(_ x: Int, _ y: Int) -> String { context.getImageData(x, y, 1, 1).data.join().string ?? "" }

  show(square())
  expectEqual(pixel(16, 16), "200,100,50,255")
  expectEqual(pixel(15, 16), "0,0,0,255")

  // Far from edges a blur changes nothing; at the middle of one it takes half.
  show(await square().blurred(radius: 6, on: pool))
  expectEqual(pixel(32, 24), "200,100,50,255")
  expectEqual(pixel(2, 2), "0,0,0,255")
  let inside = channels(pixel(16, 24)), outside = channels(pixel(15, 24))
  expectEqual(zip(inside, outside).map { $0 + $1 }, [200, 100, 50, 510])
  expect(inside[0] > 100 && inside[0] < 130, "\(inside[0])")
  // A corner is the product of two such edges.
  expect(abs(channels(pixel(16, 16))[0] - inside[0] * inside[0] / 200) <= 1, pixel(16, 16))

  // By the weights of ITU-R BT.709: 0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50.
  show((await square().edited(Edits(saturation: 0), on: pool))!)
  expectEqual(pixel(32, 24), "118,118,118,255")
  show((await square().edited(Edits(brightness: 0.5, contrast: 0), on: pool))!)
  expectEqual(pixel(32, 24), "255,255,255,255")
  show((await square().edited(Edits(brightness: -0.25, contrast: 0), on: pool))!)
  expectEqual(pixel(2, 2), "64,64,64,255")

  // A copy for previews: the mean of four by four.
  let small = await square().scaled(toFit: 16, on: pool)
  expectEqual([small.width, small.height], [15, 12])
  show(small)
  expectEqual(pixel(4, 4), "200,100,50,255")
  expectEqual(pixel(3, 4), "0,0,0,255")

  canvas.remove()
  await pool.shutdown()
}

private func channels(_ text: String) -> [Int] { text.split(separator: ",").map { Int($0) ?? -1 } }

@MainActor func cancelledEdit() async {
  let pool = try! ThreadPool(workerCount: 2)
  let photo = await Photo.landscape(width: 1200, height: 900, on: pool)
  let progress = EditProgress()
  let editing = Task { await photo.edited(Edits(blurRadius: 100), on: pool, progress: progress) }
  await eventually { progress.part > 0 }
  editing.cancel()
  expect(await editing.value == nil)
  expect(progress.part < 1)
  await pool.shutdown()
}

/// Waits, from frame to frame, until `condition` holds.
@MainActor private func eventually(_ condition: () -> Bool) async {
  for await _ in animationFrames() where condition() { return }
}
