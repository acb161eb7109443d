using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>
/// What the SDK has built of one program. Another one of the same project is compiled into a copy of it, by the arguments that the build gave to the compiler:
/// builds of their own would cost far more. Source generators do not run; a program that needs one does not compile.
/// </summary>
internal sealed class ProgramTemplate
{
    /// <summary>Where a project writes the arguments of its compiler, one a line, in its folder.</summary>
    public const string ArgumentsFile = "obj/compiler-arguments";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-template-");
    private readonly string[] _arguments;
    private readonly MetadataReference[] _references;

    /// <param name="built">The folder of the project that has been built.</param>
    public ProgramTemplate(string built)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _folder.Delete(recursive: true);
        Copy(built, _folder.FullName);
        _arguments = File.ReadAllLines(Path.Combine(built, ArgumentsFile));
        _references = [.. Parse(built).MetadataReferences.Select(r => MetadataReference.CreateFromFile(r.Reference, r.Properties))];
    }

    /// <summary>Fills a project's folder with what a build would leave there, of the sources that are in it.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="assembly">The assembly to write.</param>
    public void Compile(string folder, string assembly)
    {
        Copy(_folder.FullName, folder);
        CSharpCommandLineArguments arguments = Parse(folder);
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(assembly),
            arguments.SourceFiles.Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f.Path), arguments.ParseOptions, f.Path, Encoding.UTF8)),
            _references,
            // As the compiler itself does: packages refer to several versions of an assembly.
            arguments.CompilationOptions.WithAssemblyIdentityComparer(DesktopAssemblyIdentityComparer.Default));
        string symbols = Path.ChangeExtension(assembly, "pdb");
        using FileStream code = File.Create(assembly);
        using FileStream lines = File.Create(symbols);
        EmitResult result = compilation.Emit(code, lines, options: arguments.EmitOptions.WithPdbFilePath(symbols));

        Assert.True(result.Success, $"The program cannot be compiled:\n{string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error))}");
    }

    private CSharpCommandLineArguments Parse(string folder)
    {
        CSharpCommandLineArguments arguments = CSharpCommandLineParser.Default.Parse(_arguments, folder, sdkDirectory: null);
        Assert.Empty(arguments.Errors);
        return arguments;
    }

    /// <summary>Copies what the other folder does not have.</summary>
    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            if (!File.Exists(copy))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }
}
