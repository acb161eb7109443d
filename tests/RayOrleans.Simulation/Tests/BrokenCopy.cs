using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace RayOrleans.Core.Simulation.Tests;

/// <summary>A copy of the core with one mistake in it, and a simulator of its own that was loaded with it.</summary>
internal static class BrokenCopy
{
    private const string CoreName = "RayOrleans.Core";

    /// <summary>What the checkers say of the copy; null when they find nothing.</summary>
    public static string? FirstFailure(string file, string text, string replacement, long start, int seeds, string soak = "RayOrleans.Core.Simulation.Soak")
    {
        Dictionary<string, SyntaxTree> trees = new(SourceTexts.Trees);
        if (file.Length > 0)
        {
            string key = "Core/" + file;
            string source = SourceTexts.Texts[key];
            Assert.True(source.Contains(text, StringComparison.Ordinal), $"'{text}' is not in {file} any more: the mistake must be written anew.");
            int at = source.IndexOf(text, StringComparison.Ordinal);
            trees[key] = SourceTexts.Parse(string.Concat(source.AsSpan(0, at), replacement, source.AsSpan(at + text.Length)));
        }

        CSharpCompilation compilation = CSharpCompilation.Create(
            CoreName,
            trees.Values.Append(SourceTexts.Usings),
            SourceTexts.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using MemoryStream image = new();
        EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(5)));
        image.Position = 0;
        Context context = new(image);
        try
        {
            MethodInfo run = context.LoadFromAssemblyPath(typeof(BrokenCopy).Assembly.Location).GetType(soak, throwOnError: true)!.GetMethod("FirstFailureOf", [typeof(long), typeof(int)])!;
            return (string?)run.Invoke(null, [start, seeds]);
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Where the core is the broken one; all else but the simulator is shared.</summary>
    private sealed class Context : AssemblyLoadContext
    {
        private readonly Assembly _core;

        public Context(Stream image)
            : base("broken copy", isCollectible: true) => _core = LoadFromStream(image);

        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == CoreName ? _core : null;
    }
}
