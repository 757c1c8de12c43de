package dev.reprise.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.reprise.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ApiLayeringTest {
  @ArchTest
  static final ArchRule onlyEmbeddingKnowsLucene =
      noClasses()
          .that()
          .resideOutsideOfPackage("..api.embedding..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.lucene..");

  @ArchTest
  static final ArchRule similarityIsPureMathematics =
      noClasses()
          .that()
          .resideInAPackage("..api.similarity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "org.apache.lucene..",
              "com.google.protobuf..",
              "io.javalin..",
              "java.net..",
              "dev.reprise.contract..",
              "dev.reprise.runtime..",
              "..api.v1..");

  @ArchTest
  static final ArchRule searchKnowsNothingOfKafkaAndHttp =
      noClasses()
          .that()
          .resideInAnyPackage("..api.embedding..", "..api.index..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "io.javalin..", "java.net..");

  @ArchTest
  static final ArchRule noCycles =
      slices().matching("dev.reprise.api.(*)..").should().beFreeOfCycles();
}
