import Testing

@testable import WasmPasses

@Suite struct MangledEffectTests {
  private func effect(_ name: String) -> MangledEffect {
    Array(name.utf8).withUnsafeBufferPointer { MangledEffect(of: $0) }
  }

  @Test(arguments: [
    "$e3App3fooyS2iYaF",
    // Static; throwing; with a typed error; generic; generic with a constraint.
    "$eSi3AppE4makeSiyYaFZ",
    "$e3App3fooyS2iYaKF",
    "$e3App8mayThrowyS2iYaAA4OopsOYKF",
    "$e3App6applyTyxyYaXElYaF",
    "$e3App3fooyxxYas8SendableRzlF",
    // A function with an asynchronous parameter.
    "$e3App5applyyyyyYaXEYaF",
    // Closures, in a synchronous and in an asynchronous function, with and without escaping.
    "$e3App5startyyFyyYacfU_",
    "$e3App5startyyFyyYacfU0_",
    "$e3App5localyS2iYaFS2iYaXEfU_",
    "$e3App5startyyFyyYacfU_SiyYaAA4OopsOYKXEfU11_",
    // Initialisers, a local function, and a dispatch thunk.
    "$eSi3AppE6slowlyS2i_tYacfC",
    "$e3App6SquareC4slowACSi_tYacfc",
    "$e3App5localyS2iYaF5innerL_yS2iYaF",
    "$e3App4BaseC1myS2iYaFTj",
    // A witness, a partial application, a specialisation, and a reabstraction thunk.
    "$e3App6SquareCAA5ShapeA2aDP4areayS2iYaFTW",
    "$e3App5startyyFyyYacfU_TA",
    "$es22withUnsafeContinuationyxySccyxs5NeverOGXEYalFyt_Tg5",
    "$exIeAgHr_xs5Error_pIegHrzo_lTRyt_Tg5",
    // Identifiers that begin with a word of an earlier one, or hold the letters of operators.
    "$e3App12fooBarFYafFcV0bC3BazyyYaF",
  ])
  func asynchronous(_ name: String) { #expect(effect(name) == .asynchronous) }

  @Test(arguments: [
    "$e3App3fooyS2iF",
    "swift_retain",
    "",
    "$",
    "$e",
    // Asynchronous parameters and results only.
    "$e6Webble13spawnDetachedySuxyYaYAcnlF",
    "$es2goySuxyYaYAcnlFyt_Tg5",
    "$e3App17syncTakingAsyncyS2iYacS2iYacF",
    "$e3App6HolderV3runACyyYac_tcfC",
    // Something synchronous in an asynchronous function or closure.
    "$e3App5startyyFyyYacfU_ySccyyts5NeverOGXEfU_",
    "$e3App5localyS2iYaF6$deferL_yyF",
    "$e3App3fooyyYaFyyXEfU_",
    "$e3App3fooyyYaFyyXEfU_TA",
    // Outlined and value-witness functions, and a thunk between synchronous types.
    "$e3App3fooyyYaFWOb",
    "$eytwxx",
    "$exIegr_xs5Error_pIegrzo_lTR",
    "$e3App6SquareCfD",
  ])
  func synchronous(_ name: String) { #expect(effect(name) == .synchronous) }

  @Test(arguments: ["$e3App6SquareC4sideSivg", "$e3App6SquareCyS2icig"])
  func untold(_ name: String) { #expect(effect(name) == .untold) }

  @Test func closureInAnAccessor() {
    #expect(effect("$e3App6SquareC4sideSivgyyYacfU_") == .asynchronous)
    #expect(effect("$e3App6SquareC4sideSivgyycfU_") == .synchronous)
  }
}
