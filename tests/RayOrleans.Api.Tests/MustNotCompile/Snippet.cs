using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RayOrleans.Api.Tests.MustNotCompile;

/// <summary>Compiles statements against the library and tells what the compiler says.</summary>
internal static class Snippet
{
    private const string Before =
        """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Threading;
        using System.Threading.Tasks;
        using RayOrleans;

        public sealed class Counter(int start)
        {
            public int Add(int n) => start += n;
            public void Reset() => start = 0;
        }

        public static class Code
        {
            static int Add(int a, int b) => a + b;
            static double Half(double x) => x / 2;
            static int Optional(int a, int b = 1) => a + b;
            static int Params(params int[] all) => all.Length;
            static int ByRef(ref int a) => a;
            static int Box(object o) => o.GetHashCode();
            static int Twin(int x) => x;
            static int Twin(string x) => x.Length;
            static IEnumerable<int> Count(int n) { yield return n; }
            public static async Task Run(ObjectRef<int> number, ObjectRef<string> text, ActorHandle<Counter> counter, IRay ray)
            {
                await Task.Yield();

        """;

    private const string After =
        """

            }
        }
        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Append(typeof(Ray).Assembly.Location)
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>The errors of some statements, each as its id and message.</summary>
    public static IReadOnlyList<string> Errors(string statements)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(Before + statements + After, new CSharpParseOptions(LanguageVersion.CSharp14));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "snippet", [tree], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => $"{d.Id}: {d.GetMessage()}")];
    }
}
