import Foundation
import Testing

@testable import WebbleTool

@Suite struct ScriptSizeTests {
  @Test func commentsGo() {
    #expect(
      shortened(
        """
        // One line.
        /* One. */
        /**
         * Several.
         */
        export class A {
          /** @type {number} */ #field = 1;

          // Why.
          m(/** @type {string} */ url) { return url + "//not/*one"; }
        }
        """)
        == """
          export class A{#field=1;m(url){return url + "//not/*one";}
          }

          """)
  }

  @Test func spacesThatMeanSomethingStay() {
    let script = #"""
      const a = b ? [ "x , y", 'so ( it ) is' ] : `${ c } = { d }`;
      if (/^a b\/[/ ,]( c)? = /.test(a)) return - -a + +b;
      const half = a / 2, sum = (a, b) => a
        && b

      """#
    let short = #"""
      const a=b?["x , y",'so ( it ) is']:`${ c } = { d }`;\#
      if(/^a b\/[/ ,]( c)? = /.test(a))return - -a + +b;\#
      const half=a / 2,sum=(a,b)=>a
      &&b

      """#
    #expect(shortened(script) == short)
  }

  /// What is left of the scripts that are served is JavaScript, and has no comment.
  @Test(arguments: [false, true], [false, true])
  func theGlueStaysWhole(javaScript: Bool, isShort: Bool) async throws {
    let glue = try GlueScript(repository: .find(), javaScript: javaScript, inspects: false, explores: false, hasLines: false, isShort: isShort)
    for (script, isModule) in [(glue.page, true), (glue.worker, false)] {
      if isShort { #expect(!script.contains("/**") && !script.contains("\n//")) }
      // A classic script is read as one: what workers run is no module.
      #expect(script.contains("import.meta") == isModule)
      #expect(script.contains("export async function start(") == isModule)
      try await withTemporaryFolder { folder in
        let file = folder.appending(path: isModule ? "script.mjs" : "script.cjs")
        try Data(script.utf8).write(to: file)
        let result = try await capture(Engine.node.requiredProgram(), ["--check", file.path])
        #expect(result.succeeded, "\(result.errorOutput)")
      }
    }
  }
}

@Suite struct ShortNamesTests {
  private func short(_ script: String) -> String { ShortNames(for: script).applied(to: script) }

  @Test func whatNobodySeesIsShortened() {
    #expect(
      short(
        """
        const limit=3,other=limit;let count;
        class Counter extends Error{#total=0;add(amount){this.#total+=amount;}}
        async function run(first,...rest){return rest.map((item)=>first+item);}
        run(new Counter(),count,other);
        """)
        == """
          const g=3,h=g;let d;
          class b extends Error{#a=0;add(c){this.#a+=c;}}
          async function j(e,...i){return i.map((f)=>e+f);}
          j(new b(),d,h);
          """)
  }

  /// Properties, methods, what is exported or global, and what templates name.
  @Test func whatIsSeenStays() {
    for script in [
      "export async function start(){}", "export const a1=1;", "fetch(crypto);",
      "const size=1;use({size,url});", "const size=1;use({size:2});", "const size=1;size;it.size;it?.size;",
      "const{size,other}=it;size;", "const size=1;use(`${size+1}`);", "const size=1;use({size(){}});",
      "function init(){}\nuse(`init();`);", "class{\nsize=1;\nasync init(){}\nget other(){}}",
      "const size=1;\nclass{\nsize;\n}", "const text=\"a // b\";use(/text/,it.text);",
      "if(a)return;for(const key1 of it.key1)use(key1);",
    ] {
      #expect(short(script) == script)
    }
  }

  @Test func noOtherNameIsTaken() {
    #expect(short("const long=1,size=2;a(b.c,long,size,size);") == "const e=1,d=2;a(b.c,e,d,d);")
  }
}
