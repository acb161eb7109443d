using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace RayOrleans.Analyzers.Tests;

/// <summary>Compiles a method body against the library and tells what the analyzer says.</summary>
internal static class Analysis
{
    private const string Before =
        """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Numerics.Tensors;
        using System.Threading.Tasks;
        using RayOrleans;

        public sealed record Model(string Name, ReadOnlyMemory<int> Weights);

        public static class Code
        {
            static int Sum(ReadOnlySpan<int> numbers) { int sum = 0; foreach (int n in numbers) sum += n; return sum; }
            static void Use(object? value) { }

        """;

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll")
            .Append(typeof(Ray).Assembly.Location)
            .Distinct()
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>What is said of a member: each diagnostic as its id and the text it is at.</summary>
    public static async Task<string[]> OfAsync(string member)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(Before + member + "\n}", new CSharpParseOptions(LanguageVersion.CSharp14));
        CSharpCompilation compilation = CSharpCompilation.Create(
            "snippet", [tree], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        string[] errors = [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString())];
        Assert.True(errors.Length == 0, string.Join(Environment.NewLine, errors));
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers([new SpanLifetimeAnalyzer()]).GetAllDiagnosticsAsync();
        SourceText text = await tree.GetTextAsync();
        return [.. found.Where(d => d.Id.StartsWith("RAY", StringComparison.Ordinal) || d.Id == "AD0001")
            .OrderBy(d => d.Location.SourceSpan.Start).Select(d => d.Id == "AD0001" ? d.ToString() : $"{d.Id} {text.ToString(d.Location.SourceSpan)}")];
    }
}
