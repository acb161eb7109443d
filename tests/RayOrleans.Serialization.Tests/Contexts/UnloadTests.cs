using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RayOrleans.Serialization.Tests.Contexts;

public sealed class UnloadTests
{
    private const string Code = """
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        namespace Plugin;
        public enum Color { Red, Green }
        public record struct Spot(int X, string Name);
        public record Item(string Name, Color Color, List<Spot> Spots) { public Item? Next; public Dictionary<Color, Item?> ByColor = new(); }
        public sealed class Trouble(string m) : Exception(m);
        public static class Entry
        {
            public static object Make()
            {
                var item = new Item("a", Color.Green, [new Spot(1, "s")]);
                item.Next = item;
                item.ByColor[Color.Red] = item;
                return new object[] { item, new Color[300], ImmutableList.Create(Color.Red), new Trouble("t"), typeof(Item), new (Color, Item)[] { (Color.Red, item) } };
            }
            public static Delegate[] Functions()
            {
                var color = Color.Green; var list = new List<Spot>(); int n = 1;
                Func<int, int> plain = x => x + n;
                Func<Color> captured = () => { list.Add(default); return color; };
                Func<Color> onlyEnum = () => color;
                Func<int, int> nothing = x => x;
                return [plain, captured, onlyEnum, nothing];
            }
        }
        """;

    [Fact]
    public void CollectibleContext_AfterUse_IsUnloaded()
    {
        byte[] image = Compile(Code);
        WeakReference context = Use(image);
        for (int i = 0; i < 30 && context.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(context.IsAlive, "the load context is still held after its serializer was dropped and 30 collections");
    }

    [Fact]
    public void TwoContexts_WithTheSameAssembly_GetTheirOwnTypes()
    {
        byte[] image = Compile(Code);
        var a = new AssemblyLoadContext("a", isCollectible: true);
        var b = new AssemblyLoadContext("b", isCollectible: true);
        Assembly inA = a.LoadFromStream(new MemoryStream(image));
        Assembly inB = b.LoadFromStream(new MemoryStream(image));
        byte[] bytes = new ValueSerializer().SerializeToArray(Invoke(inA, "Make"), null);
        var reader = new ValueSerializer(new ValueSerializerOptions { LoadContext = b });
        object[] copy = (object[])reader.Deserialize<object>(new ArraySource(bytes), null);
        Assert.Same(inB, copy[0].GetType().Assembly);
        byte[] function = new ValueSerializer().DescribeDelegate(((Delegate[])Invoke(inA, "Functions"))[0], null).ToBytes();
        Delegate shipped = reader.UnpackDelegate(reader.ReadPackedDelegate(function), null);
        Assert.Same(inB, shipped.Method.Module.Assembly);
        Assert.Equal(6, shipped.DynamicInvoke(5));
        a.Unload();
        b.Unload();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(byte[] image)
    {
        var context = new AssemblyLoadContext("plugin", isCollectible: true);
        Assembly assembly = context.LoadFromStream(new MemoryStream(image));
        var serializer = new ValueSerializer(new ValueSerializerOptions { LoadContext = context });
        object value = Invoke(assembly, "Make");
        object[] copy = (object[])serializer.Deserialize<object>(new ArraySource(serializer.SerializeToArray(value, null)), null);
        Assert.Equal(6, copy.Length);
        foreach (Delegate function in (Delegate[])Invoke(assembly, "Functions"))
        {
            if (serializer.PackDelegate(function, null) is { } packed)
            {
                Assert.NotNull(serializer.UnpackDelegate(packed, null));
            }

            Assert.NotNull(serializer.UnpackDelegate(serializer.ReadPackedDelegate(serializer.DescribeDelegate(function, null).ToBytes()), null));
        }

        Assert.Throws<RaySerializationException>(() => serializer.SerializeToArray(new object[] { value, Thread.CurrentThread }, null));
        context.Unload();
        return new WeakReference(context);
    }

    private static object Invoke(Assembly assembly, string name) => assembly.GetType("Plugin.Entry")!.GetMethod(name)!.Invoke(null, null)!;

    private static byte[] Compile(string code)
    {
        string[] trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Plugin" + Guid.NewGuid().ToString("N"),
            [CSharpSyntaxTree.ParseText(code)],
            trusted.Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        using var stream = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return stream.ToArray();
    }
}
