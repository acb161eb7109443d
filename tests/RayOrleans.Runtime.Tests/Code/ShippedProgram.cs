using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using RayOrleans.Core;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Tests.Wire;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>A program of two assemblies, built in a folder, and a driver that runs it: a load context stands for the driver's process.</summary>
internal sealed class ShippedProgram : IDisposable
{
    private const string Code = """
        using System;
        using System.Collections.Generic;
        using System.Runtime.InteropServices;
        using System.Threading.Tasks;
        using RayOrleans;
        namespace Plugin;

        public static class Entry
        {
            private static int s_count;

            public static string Show(object? value) => value switch
            {
                null => "null",
                Array array => "[" + string.Join(",", System.Linq.Enumerable.Select(System.Linq.Enumerable.Cast<object>(array), Show)) + "]",
                Order order => $"{order.Name}:{string.Join("+", order.Lines)}:{order.Spot}",
                _ => $"{value}",
            };

            public static void Call(string what, IRemoteTarget target)
            {
                int n = 10;
                List<int> list = [1, 2];
                Order order = new("o", [1, 2], new Spot(3, "s"));
                static int Local(int x) => x * 2;
                int Capturing(int x) => x * n;
                switch (what)
                {
                    case "static": target.Remote(Add, 2, 3); break;
                    case "lambda": target.Remote(x => x + 1, 2); break;
                    case "captures": target.Remote(x => x + n + list.Count + order.Lines.Count, 5); break;
                    case "local": target.Remote(Local, 4); break;
                    case "capturing local": target.Remote(Capturing, 4); break;
                    case "generic": target.Remote(Twice<Order>, order); break;
                    case "generic of framework": target.Remote(Twice<int>, 4); break;
                    case "async": target.Remote(LaterAsync, 3); break;
                    case "private type": target.Remote(Change, order); break;
                    case "private struct": target.Remote(Move, new Spot(7, "p")); break;
                    case "dependency": target.Remote(() => Dependency.Lib.Name()); break;
                    case "instance": target.Remote(new Adder(100).Add, 5); break;
                    case "throws": target.Remote(Throw, 5); break;
                    case "counts": target.Remote(Count); break;
                    case "native": target.Remote(Native); break;
                    case "resources": target.Remote(() => typeof(Entry).Assembly.GetName().Name + " " + typeof(Dependency.Lib).Assembly.GetName().Version); break;
                    default: throw new ArgumentException(what);
                }
            }

            private static int Add(int a, int b) => a + b;
            private static T[] Twice<T>(T value) => [value, value];
            private static async Task<string> LaterAsync(int n) { await Task.Yield(); return $"{n}!"; }
            private static Order Change(Order order) => order with { Name = order.Name + "!" };
            private static Spot Move(Spot spot) => spot with { X = spot.X + 1 };
            private static int Throw(int n) => throw new Trouble("trouble", n);
            private static int Count() => ++s_count;
            private static double Native() => Cos(0);

            [DllImport("plugin_native", EntryPoint = "cos")]
            private static extern double Cos(double x);

            private sealed record Order(string Name, List<int> Lines, Spot Spot);
            private readonly record struct Spot(int X, string Name);
            private sealed class Adder(int start) { public int Add(int x) => start + x; }
            private sealed class Trouble(string message, int code) : Exception(message) { public int Code { get; } = code; public override string ToString() => $"Trouble {Code}"; }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public ShippedProgram(IRay driver, string version = "1.0", bool withNative = false)
    {
        Driver = driver;
        string library = TestCompiler.Compile(
            _folder.Path, "Dependency", $$"""
            [assembly: System.Reflection.AssemblyVersion("1.0.0.0")]
            namespace Dependency; public static class Lib { public static string Name() => "lib {{version}}"; }
            """);
        TestCompiler.Compile(_folder.Path, "Plugin", Code, library);
        if (withNative)
        {
            File.Copy(NativeLibrary, Path.Combine(_folder.Path, "libplugin_native.so"));
        }

        Context = new AssemblyLoadContext("driver", isCollectible: true);
        Context.Resolving += (context, name) =>
            File.Exists(Path.Combine(_folder.Path, name.Name + ".dll")) ? context.LoadFromAssemblyPath(Path.Combine(_folder.Path, name.Name + ".dll")) : null;
        Assembly = Context.LoadFromAssemblyPath(Path.Combine(_folder.Path, "Plugin.dll"));
        Serializer = new ValueSerializer(new ValueSerializerOptions { LoadContext = Context });
        Calls = new CallCodec(driver.Services(), Serializer);
        Local = LocalProgram.OfFolder(_folder.Path, SharedAssemblies.OfProcess);
    }

    public static string[] Kinds { get; } =
    [
        "static", "lambda", "captures", "local", "capturing local", "generic", "generic of framework", "async", "private type", "private struct", "dependency",
        "instance", "resources",
    ];

    /// <summary>A native library that every machine of the kind has.</summary>
    public static string NativeLibrary => "/lib/x86_64-linux-gnu/libm.so.6";

    public IRay Driver { get; }

    public AssemblyLoadContext Context { get; }

    public Assembly Assembly { get; }

    public ValueSerializer Serializer { get; }

    public CallCodec Calls { get; }

    public LocalProgram Local { get; }

    public ContentHash Package => Local.Package.Hash;

    public void Dispose()
    {
        Context.Unload();
        _folder.Dispose();
    }

    /// <summary>A call of the program's, packed.</summary>
    public Invocation Call(string what)
    {
        CallCatcher catcher = new();
        Assembly.GetType("Plugin.Entry")!.GetMethod("Call")!.Invoke(null, [what, catcher]);
        Invocation call = catcher.Take();
        NodeServices node = Driver.Services();
        var scope = (RayScope)Driver;
        TaskRecord task = new(scope.NextId(), scope.Job, null, TaskOptions.Default);
        ArgumentPacker packer = ArgumentPacker.Rent(node, scope);
        packer.Pack(call, task);
        packer.Return();
        return call;
    }

    public byte[] Encode(string what) => Calls.Encode(Call(what), 0, Package);

    /// <summary>What the call gives in the driver's own process.</summary>
    public string RunHere(string what) => Show(new TestFrame(Serializer).Run(Call(what)));

    /// <summary>A result that came back, as the program prints it.</summary>
    public string Read(Type resultType, byte[] result) => Show(TestFrame.Read(Serializer, resultType, result));

    private string Show(object? value) => (string)Assembly.GetType("Plugin.Entry")!.GetMethod("Show")!.Invoke(null, [value])!;
}
