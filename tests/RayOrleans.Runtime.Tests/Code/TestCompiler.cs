using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>Builds small programs that this one was never built with.</summary>
internal static class TestCompiler
{
    private static readonly Lazy<MetadataReference[]> Platform = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "RayOrleans.Abstractions.dll"))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ]);

    /// <summary>Compiles a library into a folder.</summary>
    public static string Compile(string folder, string name, string code, params string[] references)
    {
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Preview))],
            [.. Platform.Value, .. references.Select(r => MetadataReference.CreateFromFile(r))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        string path = Path.Combine(folder, name + ".dll");
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return path;
    }
}
