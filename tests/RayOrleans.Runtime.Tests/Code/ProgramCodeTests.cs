using System.Reflection;
using System.Runtime.Loader;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Tests.Wire;

namespace RayOrleans.Runtime.Tests.Code;

public sealed class ProgramCodeTests
{
    private static int s_runs;

    private static int Run() => ++s_runs;

    [Fact]
    public void ProgramOfThisProcess_HasItsOwnAssembliesAndNoOthers()
    {
        LocalProgram program = new ProgramCode(SharedAssemblies.OfProcess).Of(typeof(ProgramCodeTests).Assembly);
        string[] names = [.. program.Package.Files.Where(f => f.Kind == CodeFileKind.Assembly).Select(f => f.SimpleName)];
        Assert.Contains("RayOrleans.Runtime.Tests", names);
        Assert.Contains("Microsoft.CodeAnalysis.CSharp", names);
        Assert.DoesNotContain(names, n => n is "RayOrleans" or "RayOrleans.Runtime" or "RayOrleans.Abstractions" or "System.Runtime" or "System.Private.CoreLib" or "Apache.Arrow");
        Assert.DoesNotContain(names, n => n.StartsWith("Orleans.", StringComparison.Ordinal));
        Assert.Equal(program.Package.Hash, new ProgramCode(SharedAssemblies.OfProcess).Of(typeof(ProgramCodeTests).Assembly).Package.Hash);
    }

    [Fact]
    public void Package_ThereAndBack_IsTheSame_AndDamagedOnesAreRefused()
    {
        CodePackage package = new(
        [
            new CodeFile(CodeFileKind.Assembly, "A.dll", new ContentHash(1, 2), new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), ""),
            new CodeFile(CodeFileKind.Native, "liba.so", new ContentHash(3, 4), default, ""),
            new CodeFile(CodeFileKind.Satellite, "A.resources.dll", new ContentHash(5, 6), default, "de"),
        ]);
        byte[] bytes = package.Bytes.ToArray();
        CodePackage copy = CodePackage.Read(bytes);
        Assert.Equal(package.Files, copy.Files);
        Assert.Equal(package.Hash, copy.Hash);
        Assert.Equal(ContentHash.Of(bytes), copy.Hash);
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Throws<RaySerializationException>(() => CodePackage.Read(bytes.AsSpan(0, i)));
            for (int other = 0; other < 256; other++)
            {
                byte[] damaged = [.. bytes];
                damaged[i] = (byte)other;
                Exception? error = Record.Exception(() => CodePackage.Read(damaged));
                Assert.True(error is null or RaySerializationException, $"byte {i} = {other}: {error}");
            }
        }

        foreach (string name in (string[])["../A.dll", "a/b.dll", "..", "", "C:x.dll", "a\\b.dll"])
        {
            Assert.Throws<RaySerializationException>(() => CodePackage.Read(new CodePackage([new CodeFile(CodeFileKind.Native, name, default, default, "")]).Bytes.Span));
        }
    }

    [Fact]
    public async Task Package_ThatTheProcessHas_NeedsNoContext()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        LocalProgram program = cluster.Program.Of(typeof(ProgramCodeTests).Assembly);
        Assert.Same(cluster.Ray.Services().Serializer, cluster.Code.Find(program.Package.Hash)!.Serializer);
        Assert.Equal(program.Package.Hash, cluster.Code.PackageOf(Run, default));
        ContentHash callers = new(1, 2);
        Assert.Equal(callers, cluster.Code.PackageOf(Math.Sqrt, callers));
        await cluster.Source.PublishAsync(program.Package.Hash, program.Package.Bytes, null, default);
        NodeCode other = new(cluster.Ray.Services(), cluster.Source, cluster.Cache, SharedAssemblies.OfProcess, new ProgramCode(SharedAssemblies.OfProcess));
        Assert.Null((await other.AcquireAsync(program.Package.Hash, new JobId(1), default)).Context);
        Assert.Equal(1, cluster.Source.Fetches);
        Assert.Empty(cluster.CachedFolders);
    }

    [Fact]
    public async Task ProgramOfThisProcess_RunsInAProcessThatHasOnlyTheFramework()
    {
        SharedAssemblies onlyPlatform = new(ProgramFiles.Resolvable.Where(p => SharedAssemblies.OfProcess.IsEverywhere(Path.GetFileNameWithoutExtension(p))), ProgramFiles.IsFramework);
        await using CodeCluster cluster = await CodeCluster.StartAsync(onlyPlatform);
        LocalProgram program = new ProgramCode(SharedAssemblies.OfProcess).Of(typeof(ProgramCodeTests).Assembly);
        await program.PublishAsync(cluster.Source, default);
        LoadedCode code = await cluster.Code.AcquireAsync(program.Package.Hash, new JobId(1), default);
        byte[] call = cluster.Code.Find(ContentHash.None)!.Calls.Encode(new CallCatcher().Of(c => c.Remote(Run)), 0, program.Package.Hash);
        s_runs = 10;
        Assert.Equal(1, new TestFrame(code.Serializer).Run(code.Calls.Decode(call, null)));
        Assert.Equal(10, s_runs);
    }

    [Fact]
    public async Task Function_WithoutAFile_SaysWhatHelps()
    {
        await using CodeCluster cluster = await CodeCluster.StartAsync();
        using TemporaryFolder folder = new();
        byte[] image = File.ReadAllBytes(TestCompiler.Compile(folder.Path, "Floating", "public static class F { public static int Run() => 1; }"));
        Assembly floating = new AssemblyLoadContext("mine", isCollectible: true).LoadFromStream(new MemoryStream(image));
        Assert.Contains("IncludeAllContentForSelfExtract", Assert.Throws<RaySerializationException>(() => cluster.Program.Of(floating)).Message, StringComparison.Ordinal);
        var function = floating.GetType("F")!.GetMethod("Run")!.CreateDelegate<Func<int>>();
        Assert.Contains("'mine'", Assert.Throws<RaySerializationException>(() => cluster.Code.PackageOf(function, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SharedAssembly_ThatUsesAnotherBuild_IsNotShared()
    {
        using TemporaryFolder folder = new();
        string mine = folder.Sub("mine");
        string theirs = folder.Sub("theirs");
        string low = TestCompiler.Compile(mine, "Low", "public class L { }");
        string high = TestCompiler.Compile(mine, "High", "public class H : L { }", low);
        string alone = TestCompiler.Compile(mine, "Alone", "public class A { }");
        File.Copy(high, Path.Combine(theirs, "High.dll"));
        File.Copy(alone, Path.Combine(theirs, "Alone.dll"));
        TestCompiler.Compile(theirs, "Low", "public class L { public int X; }");
        SharedAssemblies shared = new([low, high, alone], _ => false);
        Assert.Equal(["Alone"], shared.SameBuilds(LocalProgram.OfFolder(theirs, shared).Package));
        Assert.Equal(["Alone", "High", "Low"], shared.SameBuilds(LocalProgram.OfFolder(mine, shared).Package).Order());
    }
}
