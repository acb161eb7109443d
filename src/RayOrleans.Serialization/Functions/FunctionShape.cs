using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Types;

namespace RayOrleans.Serialization.Functions;

/// <summary>What there is to know about delegates of one type, method and target class. Thread-safe.</summary>
internal sealed class FunctionShape
{
    private readonly FunctionTable _table;
    private byte[]? _name;
    private byte[]? _delegateName;
    private byte[]? _targetName;
    private ScopeShape? _scope;
    private Delegate? _template;
    private Delegate? _placeholder;
    private bool _cannotClone;

    public FunctionShape(FunctionTable table, Type delegateType, MethodInfo method, Type? targetType)
    {
        _table = table;
        DelegateType = delegateType;
        Method = method;
        TargetType = targetType;
        Kind = KindOf(method, targetType);
    }

    public Type DelegateType { get; }

    public MethodInfo Method { get; }

    public Type? TargetType { get; }

    public FunctionKind Kind { get; }

    /// <summary>The method's name in bytes.</summary>
    public byte[] Name => _name ??= MethodName.Write(Method);

    /// <summary>The delegate type's name in bytes.</summary>
    public byte[] DelegateName => _delegateName ??= TypeNameWriter.Write(DelegateType);

    /// <summary>The target's class in bytes; empty where there is no target.</summary>
    public byte[] TargetName => _targetName ??= TargetType is null ? [] : TypeNameWriter.Write(TargetType);

    /// <summary>What the function uses of its scope.</summary>
    public ScopeShape Scope => _scope ??= new ScopeShape(_table, TargetType!, CapturedFieldScanner.Scan(Method));

    public ScopeLayout Layout => _table.LayoutOf(TargetType!);

    /// <summary>How a person would name the function.</summary>
    public string Text => FunctionText.Of(Method);

    /// <summary>A delegate of this type and method over an empty target; never to be called.</summary>
    public Delegate Placeholder => _placeholder ??= Create(EmptyTarget());

    /// <summary>Makes a delegate over a target.</summary>
    public Delegate Create(object? target) => Kind switch
    {
        FunctionKind.Static => Delegate.CreateDelegate(DelegateType, null, Method),
        FunctionKind.Stateless => Delegate.CreateDelegate(DelegateType, RuntimeHelpers.GetUninitializedObject(TargetType!), Method),
        FunctionKind.Scope => Clone(target!),
        _ => Delegate.CreateDelegate(DelegateType, target, Method),
    };

    public static FunctionKind KindOf(MethodInfo method, Type? targetType)
    {
        if (targetType is null)
        {
            return FunctionKind.Static;
        }

        if (method.IsStatic || !targetType.IsDefined(typeof(CompilerGeneratedAttribute), false))
        {
            return FunctionKind.Object;
        }

        return CapturedFieldScanner.IsScope(targetType) ? FunctionKind.Scope
            : targetType.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0 ? FunctionKind.Stateless
            : FunctionKind.Object;
    }

    /// <summary>An object of the target's class whose constructor did not run, and whose finalizer will not.</summary>
    private object? EmptyTarget()
    {
        if (TargetType is null || TargetType == typeof(string))
        {
            return TargetType is null ? null : "";
        }

        if (TargetType.IsArray)
        {
            return Array.CreateInstance(TargetType.GetElementType()!, new int[TargetType.GetArrayRank()]);
        }

        if (TargetType.IsSubclassOf(typeof(Delegate)))
        {
            // The function is another delegate's Invoke; delegates cannot be made without a method.
            MethodInfo invoke = TargetType.GetMethod("Invoke")!;
            return Expression.Lambda(
                TargetType, Expression.Default(invoke.ReturnType), invoke.GetParameters().Select(p => Expression.Parameter(p.ParameterType))).Compile(preferInterpretation: true);
        }

        object target = RuntimeHelpers.GetUninitializedObject(TargetType);
        GC.SuppressFinalize(target);
        return target;
    }

    /// <summary>
    /// Copies a delegate made once and changes its target, which takes 20 ns where making one through reflection takes 500. The first copy is checked;
    /// should the framework's delegates ever look different, all are made through reflection.
    /// </summary>
    private Delegate Clone(object target)
    {
        if (_cannotClone)
        {
            return Delegate.CreateDelegate(DelegateType, target, Method);
        }

        bool first = _template is null;
        Delegate template = _template ??= Delegate.CreateDelegate(DelegateType, Layout.Allocate(), Method);
        var copy = (Delegate)DelegateAccess.MemberwiseClone(template);
        DelegateAccess.Target(copy) = target;
        if (first && (!ReferenceEquals(copy.Target, target) || copy.Method != Method))
        {
            _cannotClone = true;
            return Delegate.CreateDelegate(DelegateType, target, Method);
        }

        return copy;
    }
}
