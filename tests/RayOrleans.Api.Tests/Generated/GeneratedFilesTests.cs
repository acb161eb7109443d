using System.Reflection;
using RayOrleans.Overloads;

namespace RayOrleans.Api.Tests.Generated;

public sealed class GeneratedFilesTests
{
    private static readonly string Folder = typeof(GeneratedFilesTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "GeneratedFolder").Value!;

    [Fact]
    public void GeneratedFolder_IsWhatTheGeneratorWrites()
    {
        IReadOnlyDictionary<string, string> expected = OverloadGenerator.Generate();
        string[] present = [.. Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        Assert.Equal(expected.Keys, present);
        foreach ((string name, string text) in expected)
        {
            string found = File.ReadAllText(Path.Combine(Folder, name)).ReplaceLineEndings("\n");
            Assert.True(text == found, $"{name} differs from what the generator writes; run: dotnet run --project infra/generate/overloads");
        }
    }

    [Fact]
    public void Overloads_OfRemote_AreAsManyAsPlanned()
    {
        // Counting them keeps the surface from growing or shrinking unseen.
        int remote = typeof(Ray).GetMethods().Count(m => m.Name == nameof(Ray.Remote));
        int extension = typeof(RemoteTargetExtensions).GetMethods().Count(m => m.Name == "Remote");
        int handle = typeof(ActorHandle<string>).GetMethods().Count(m => m.Name == nameof(ActorHandle<string>.Remote));
        Assert.Equal((226, 226, 118), (remote, extension, handle));
    }
}
