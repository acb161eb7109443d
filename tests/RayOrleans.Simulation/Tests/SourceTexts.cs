using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RayOrleans.Core.Simulation.Tests;

/// <summary>The sources of the core, parsed once.</summary>
internal static class SourceTexts
{
    private const string GlobalUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "sources");

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Preview);

    public static IReadOnlyDictionary<string, string> Texts { get; } = Directory
        .EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllText);

    public static IReadOnlyDictionary<string, SyntaxTree> Trees { get; } = Texts.ToDictionary(t => t.Key, t => Parse(t.Value));

    public static SyntaxTree Usings { get; } = Parse(GlobalUsings);

    public static IReadOnlyList<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "RayOrleans.Abstractions.dll" or "netstandard.dll"))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    public static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, ParseOptions);
}
