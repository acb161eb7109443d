using System.Runtime.Serialization;
using Microsoft.Win32.SafeHandles;

namespace RayOrleans.Serialization.Tests.Objects;

internal sealed class Person(string name, int age)
{
    private readonly int _age = age;
    private readonly Lock _lock = new();
    private readonly object _gate = new();

    [NonSerialized]
    private readonly string? _cache = "cached";

    public string Name { get; } = name;

    public int Age => _age;

    public string? Cache => _cache;

    public Person? Friend { get; set; }

    public List<Person> Children { get; init; } = [];

    public bool CanLock()
    {
        lock (_lock)
        {
            lock (_gate)
            {
                return true;
            }
        }
    }
}

internal sealed record Measurement(int Id, string Name, double Value, List<int> Samples);

internal readonly record struct Point(double X, double Y);

internal record struct Labelled(string Label, Point At);

internal abstract class Shape
{
    private readonly string _kind;

    protected Shape(string kind) => _kind = kind;

    public string Kind => _kind;
}

internal sealed class Circle(double radius) : Shape("circle")
{
    private readonly string _kind = "hidden twin";

    public double Radius { get; } = radius;

    public string Twin => _kind;
}

internal sealed class Square(double side) : Shape("square")
{
    public double Side { get; } = side;
}

internal interface IAnimal
{
    string Sound { get; }
}

internal sealed class Dog : IAnimal
{
    public string Sound => "woof";
}

internal struct Cat : IAnimal
{
    public string Name;

    public readonly string Sound => Name + " meows";
}

internal sealed class Holder
{
    public object? Any;
    public IAnimal? Animal;
    public Shape? Shape;
    public dynamic? Dynamic;
    public int? Maybe;
    public Labelled? MaybeLabelled;
}

internal sealed class ChainNode
{
    public ChainNode? Next;
    public int Value;
}

internal sealed class Order
{
    public List<OrderLine> Lines = [];
    public Dictionary<string, object?> Extra = [];
}

internal sealed class OrderLine
{
    public SafeFileHandle? Handle;
    public nint Address;
    public unsafe int* Pointer;
}

internal sealed class TaggedList : List<int>
{
    public string Tag = "";
}

internal sealed class TaggedMap : Dictionary<string, int>
{
    private readonly string _tag;

    public TaggedMap(string tag)
        : base(StringComparer.OrdinalIgnoreCase) => _tag = tag;

    public string Tag => _tag;
}

internal sealed class KeyObject(string text)
{
    public string Text = text;
    public HashSet<KeyObject>? Owner;

    public override bool Equals(object? obj) => obj is KeyObject other && other.Text == Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}

[Serializable]
internal sealed class CustomSerializable : ISerializable
{
    public CustomSerializable(int value) => Value = value;

    private CustomSerializable(SerializationInfo info, StreamingContext context) => Value = info.GetInt32("v") + 1;

    public int Value { get; }

    public nint Handle { get; } = 42;

    public void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("v", Value);
}

internal sealed class WithCallbacks
{
    [NonSerialized]
    public int Twice;

    public int Once;

    [OnDeserialized]
    private void Restore(StreamingContext context) => Twice = Once * 2;
}

internal sealed class OrderException(string message, int code, Exception? inner = null) : InvalidOperationException(message, inner)
{
    public int Code { get; } = code;

    public Thread? Culprit { get; set; }
}

internal sealed class Publisher
{
    public event Action<string>? Said;

    public List<string> Log { get; } = [];

    public void Subscribe() => Said += Log.Add;

    public void Say(string text) => Said?.Invoke(text);
}
